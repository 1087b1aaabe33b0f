//! The order of records: `_sort=a,-b`.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::ordinals::Ordinals;
use super::rank::{Rank, compare, rank};
use super::record::{Numbered, Record};
use crate::document::patience::Pace;

pub(super) use super::rank::SortKey;

/// As many records as this are kept in a heap while the rest go by; for more, all are sorted.
const HEAP: usize = 10_000;

/// The first `wanted` records in the order of the keys, those that are equal in all of them in the order in which they
/// came; and how many there are in all. A page takes the memory of a page, however many records there are.
pub(super) fn sort<'v>(
    records: impl Iterator<Item = Record<'v>>,
    keys: &[SortKey],
    wanted: usize,
) -> (Vec<Record<'v>>, usize) {
    let order = Order { keys, columns: Vec::new(), record: &Record::clone };
    let (sorted, total) = order.first(records, wanted);
    (sorted.into_iter().map(|ranked| ranked.item).collect(), total)
}

/// The same of records of a large collection, told by ascending numbers. What columns tell is not read.
pub(super) fn sort_numbers<'v>(
    all: &Numbered<'v>,
    numbers: impl Iterator<Item = u32>,
    keys: &[SortKey],
    wanted: usize,
) -> (Vec<u32>, usize) {
    let columns: Vec<_> = keys.iter().map(|key| Ordinals::of(all, key)).collect();
    let is_read = columns.first().is_none_or(Option::is_none);
    let mut pace = Pace::default();
    let numbers = numbers.take_while(|number| pace.goes_on(if is_read { all.record(*number).length() } else { 0 }));
    let order = Order { keys, columns, record: &|number: &u32| all.record(*number) };
    let (sorted, total) = order.first(numbers, wanted);
    (sorted.into_iter().map(|ranked| ranked.item).collect(), total)
}

/// How the items, which tell records, are ordered.
struct Order<'o, 'v, T> {
    keys: &'o [SortKey],
    /// What columns tell, by key.
    columns: Vec<Option<Ordinals<'v>>>,
    record: &'o dyn Fn(&T) -> Record<'v>,
}

impl<'v, T: Item> Order<'_, 'v, T> {
    fn first(&self, items: impl Iterator<Item = T>, wanted: usize) -> (Vec<Ranked<'_, 'v, T>>, usize) {
        let ranked =
            items.enumerate().map(|(position, item)| Ranked { item, position, ranks: OnceCell::new(), order: self });
        if wanted > HEAP {
            let mut sorted: Vec<Ranked<'_, 'v, T>> = ranked.collect();
            sorted.sort_unstable();
            let total = sorted.len();
            return (sorted, total);
        }
        let mut heap = BinaryHeap::new();
        let mut total = 0;
        for record in ranked {
            total += 1;
            if heap.len() < wanted {
                heap.push(record);
            } else if let Some(mut greatest) = heap.peek_mut()
                && record < *greatest
            {
                *greatest = record;
            }
        }
        (heap.into_sorted_vec(), total)
    }
}

/// What tells a record.
trait Item {
    /// Its number in a large collection.
    fn number(&self) -> Option<u32>;
}

impl Item for Record<'_> {
    fn number(&self) -> Option<u32> {
        None
    }
}

impl Item for u32 {
    #[inline]
    fn number(&self) -> Option<u32> {
        Some(*self)
    }
}

/// What tells a record, with what the record is sorted by as far as it had to be read. No two are equal: the position
/// decides between those that rank alike.
struct Ranked<'o, 'v, T> {
    item: T,
    position: usize,
    ranks: OnceCell<Box<[OnceCell<Rank<'v>>]>>,
    order: &'o Order<'o, 'v, T>,
}

impl<'v, T: Item> Ranked<'_, 'v, T> {
    fn rank(&self, at: usize) -> &Rank<'v> {
        let ranks = self.ranks.get_or_init(|| self.order.keys.iter().map(|_| OnceCell::new()).collect());
        ranks[at].get_or_init(|| rank(&(self.order.record)(&self.item), &self.order.keys[at]))
    }

    /// How the two compare by one key, where a column says so.
    #[inline]
    fn told(&self, other: &Self, at: usize) -> Option<Ordering> {
        let ordinals = self.order.columns.get(at)?.as_ref()?;
        let (one, other) = (ordinals.at(self.item.number()?)?, ordinals.at(other.item.number()?)?);
        Some(one.cmp(&other)).filter(|order| order.is_ne() || ordinals.is_exact)
    }
}

impl<T: Item> Ord for Ranked<'_, '_, T> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        for (at, key) in self.order.keys.iter().enumerate() {
            let order = self.told(other, at).unwrap_or_else(|| compare(self.rank(at), other.rank(at), key.descending));
            if order.is_ne() {
                return order;
            }
        }
        self.position.cmp(&other.position)
    }
}

impl<T: Item> PartialOrd for Ranked<'_, '_, T> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Item> PartialEq for Ranked<'_, '_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Item> Eq for Ranked<'_, '_, T> {}
