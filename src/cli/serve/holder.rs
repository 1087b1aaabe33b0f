//! Who listens on a port that is taken, as far as Linux lets this user know.

use std::fs;
use std::path::Path;

/// The name of the process that listens on that port, and its number; `None` where that is not to be found out.
pub(super) fn of(port: u16) -> Option<(String, u32)> {
    let proc = Path::new("/proc");
    let sockets: Vec<String> = ["net/tcp", "net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(proc.join(table)).ok())
        .flat_map(|table| listeners(&table, port).map(|inode| format!("socket:[{inode}]")).collect::<Vec<_>>())
        .collect();
    if sockets.is_empty() {
        return None;
    }
    let processes = fs::read_dir(proc).ok()?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let number = processes.into_iter().find(|number: &u32| holds(&proc.join(number.to_string()), &sockets))?;
    let name = fs::read_to_string(proc.join(number.to_string()).join("comm")).ok()?;
    Some((name.trim_end().to_owned(), number))
}

/// Whether a process has one of these sockets open. Those of others are not shown.
fn holds(process: &Path, sockets: &[String]) -> bool {
    let open = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    open.filter_map(|file| fs::read_link(file.path()).ok())
        .any(|link| sockets.iter().any(|socket| link.as_os_str() == socket.as_str()))
}

/// The inodes of the sockets of a table that listen on the port. Its columns are described in proc_net_tcp(5).
fn listeners(table: &str, port: u16) -> impl Iterator<Item = &str> {
    const LISTENS: &str = "0A";
    let of_row = move |row| {
        let mut columns = str::split_whitespace(row);
        let (_, local) = columns.nth(1)?.rsplit_once(':')?;
        let is_it = u16::from_str_radix(local, 16) == Ok(port) && columns.nth(1)? == LISTENS;
        columns.nth(5).filter(|_| is_it)
    };
    table.lines().skip(1).filter_map(of_row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_that_listen_are_found_in_the_table() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
             0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0\n   \
             1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0 20 4\n   \
             2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4244 1 0 100 0\n";
        assert_eq!(listeners(table, 8080).collect::<Vec<_>>(), ["4242"]);
        assert_eq!(listeners(table, 80).collect::<Vec<_>>(), ["4244"]);
        assert_eq!(listeners(table, 81).chain(listeners("", 80)).count(), 0);
    }

    #[test]
    fn the_process_that_listens_is_this_one() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let found = of(listener.local_addr().unwrap().port());
        assert_eq!(found.map(|(_, number)| number), Some(std::process::id()));
    }
}
