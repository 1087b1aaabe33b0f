//! What the server tells of the data, below `/_/`: how it is described, at `/_/openapi.json`, and that it is well, at
//! `/_/health`.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::StatusCode;

use crate::api::{self, About, Reach, Settings, Work};
use crate::document::View;
use crate::message::{Content, Request, Response, Target};
use crate::server::Reply;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Description,
    Health,
}

/// What is told of the data. Each text is made once for each state of the data, and not before somebody asks.
pub(super) struct Told {
    pub(super) about: Arc<About>,
    pub(super) kept: Arc<Kept>,
}

/// The texts of the last states that they were asked of.
#[derive(Default)]
pub(super) struct Kept {
    description: Mutex<Option<(u64, Bytes)>>,
    health: Mutex<Option<(u64, Bytes)>>,
}

impl Kept {
    fn of(&self, subject: Subject) -> &Mutex<Option<(u64, Bytes)>> {
        match subject {
            Subject::Description => &self.description,
            Subject::Health => &self.health,
        }
    }
}

impl Told {
    pub(super) fn new(files: &[&Path]) -> Told {
        let name = |path: &&Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let stem = match files {
            [file] => file.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
            _ => None,
        };
        let files = files.iter().map(name).collect();
        let about =
            About { files, stem: stem.unwrap_or_else(|| "records".to_owned()), version: env!("CARGO_PKG_VERSION") };
        Told { about: Arc::new(about), kept: Arc::default() }
    }

    /// What a request asks for, unless the data has something in that place.
    #[inline]
    pub(super) fn asked(request: &Request<'_>) -> Option<Subject> {
        let Target::Path { path, .. } = request.target else { return None };
        match path.strip_prefix("/_/")? {
            "openapi.json" => Some(Subject::Description),
            "health" => Some(Subject::Health),
            _ => None,
        }
    }

    /// Answers a request for one of them, about the view, whose state has this number.
    pub(super) fn respond(
        &self,
        subject: Subject,
        request: &Request<'_>,
        (serial, view): (u64, Arc<View>),
        settings: &Settings,
    ) -> Reply {
        let last = self.kept.of(subject).lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = last.filter(|(of, _)| *of == serial).map(|(_, text)| text);
        let is_known = known.is_some();
        let (about, kept, own_settings) = (Arc::clone(&self.about), Arc::clone(&self.kept), settings.clone());
        let read: Work = Box::new(move || {
            let text = known.map_or_else(|| made(subject, &view, &own_settings, &about), Ok);
            text.map_or_else(
                |refusal| refusal,
                |text| {
                    *kept.of(subject).lock().unwrap_or_else(PoisonError::into_inner) = Some((serial, text.clone()));
                    answer(text)
                },
            )
        });
        match api::own(request, Reach::Data, settings, read) {
            Ok(work) if is_known => Reply::Ready(work()),
            Ok(work) => Reply::Long(work),
            Err(answer) => Reply::Ready(answer),
        }
    }
}

fn made(subject: Subject, view: &View, settings: &Settings, about: &About) -> Result<Bytes, Response> {
    match subject {
        Subject::Description => api::openapi(view, settings, about).map(Bytes::from),
        Subject::Health => Ok(api::health(view, about).into()),
    }
}

fn answer(text: Bytes) -> Response {
    Response::new(StatusCode::OK)
        .with("Content-Type", "application/json")
        .with("X-Content-Type-Options", "nosniff")
        .with("Cache-Control", "no-cache")
        .with("Vary", "Origin")
        .with_content(Content::Whole(text))
}
