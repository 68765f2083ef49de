//! Clients with failed requests of one minute: who they were, how many in each ten seconds, and how their requests spread. In
//! most minutes few requests fail, and those are kept as they are. Which bytes of a line are a client is known elsewhere.

use super::{Bits, ClientSet, SETS, Spread, hash64, step_list};
use std::borrow::Cow;
use std::sync::Arc;

/// From so many requests on, what is wanted of them takes less room than they do.
const FEW: usize = 32;

/// Clients with failed requests of one minute. Equal requests are equal, whatever the order in which they came.
#[derive(Clone, Debug)]
pub struct FailedClients(FailedForm);

#[derive(Clone, Debug)]
enum FailedForm {
    /// For each request the ten seconds of the minute in which it was, and the hash of its client; in bytes, since it lies
    /// on the boundary of none then.
    Few(Vec<(u8, [u8; 8])>),
    /// Copies share them.
    Many(Arc<ClientSets>),
}

/// What is wanted of the clients of a minute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientSets {
    /// Their hashes.
    pub all: ClientSet,
    /// Ten bits of the hashes by ten seconds, to count the clients of each.
    pub tens: Bits,
    /// Requests by client hash modulo 64: a bound on the share of the busiest client.
    pub buckets: Spread,
}

impl Default for FailedClients {
    fn default() -> Self {
        FailedClients(FailedForm::Few(Vec::new()))
    }
}

impl PartialEq for FailedClients {
    fn eq(&self, o: &FailedClients) -> bool {
        self.sets() == o.sets()
    }
}

impl From<ClientSets> for FailedClients {
    fn from(sets: ClientSets) -> Self {
        FailedClients(FailedForm::Many(Arc::new(sets)))
    }
}

impl ClientSets {
    fn add(&mut self, ten: u8, client: u64) {
        self.all.insert(client);
        self.tens.insert(u16::from(ten), bit(client));
        self.buckets.add(bucket(client), 1);
    }

    fn add_all(&mut self, ten: u8, clients: &mut [u64]) {
        let bits = clients.iter().map(|c| bit(*c));
        self.tens.insert_all(u16::from(ten), bits);
        let all = clients.iter();
        all.for_each(|c| self.buckets.add(bucket(*c), 1));
        self.all.insert_all(clients);
    }

    fn merge(&mut self, o: &ClientSets) {
        self.all.merge(&o.all);
        self.tens.merge(&o.tens);
        self.buckets.merge(&o.buckets);
    }
}

/// Which of 1,024 bits stands for a client.
fn bit(client: u64) -> u16 {
    (client >> 54) as u16
}

/// What stands for the address of a client.
#[inline(always)]
pub(super) fn client_hash(address: &[u8]) -> u64 {
    hash64(address, 1)
}

/// Which of 64 buckets the requests of the client with an address are counted in.
pub fn client_bucket(address: &[u8]) -> usize {
    usize::from(bucket(client_hash(address)))
}

/// Which of 64 buckets the requests of a client are counted in.
pub(super) fn bucket(client: u64) -> u8 {
    (client >> 20) as u8 % 64
}

impl FailedClients {
    /// Adds a request: the ten seconds of the minute in which it was, from 0, and the hash of its client.
    pub fn add(&mut self, ten: u8, client: u64) {
        match &mut self.0 {
            FailedForm::Many(sets) => Arc::make_mut(sets).add(ten, client),
            FailedForm::Few(list) if list.len() < FEW => {
                step_list::insert(list, list.len(), (ten, client.to_le_bytes()));
            }
            FailedForm::Few(_) => {
                let mut sets = self.sets().into_owned();
                sets.add(ten, client);
                *self = sets.into();
            }
        }
    }

    /// Adds many requests of the same ten seconds, whose clients are taken out of the list: for far less than one by one.
    pub(super) fn add_all(&mut self, ten: u8, clients: &mut Vec<u64>) {
        let fit = matches!(&self.0, FailedForm::Few(list) if list.len() + clients.len() <= FEW);
        match &mut self.0 {
            FailedForm::Many(sets) => Arc::make_mut(sets).add_all(ten, clients),
            FailedForm::Few(_) if fit => clients.iter().for_each(|c| self.add(ten, *c)),
            FailedForm::Few(_) => {
                let mut sets = self.sets().into_owned();
                sets.add_all(ten, clients);
                *self = sets.into();
            }
        }
        clients.clear();
    }

    /// Adds all requests of another.
    pub fn merge(&mut self, o: FailedClients) {
        match (&mut self.0, o.0) {
            (_, FailedForm::Few(list)) => list
                .iter()
                .for_each(|(ten, client)| self.add(*ten, u64::from_le_bytes(*client))),
            (FailedForm::Many(sets), FailedForm::Many(more)) => Arc::make_mut(sets).merge(&more),
            (FailedForm::Few(_), FailedForm::Many(mut more)) => {
                Arc::make_mut(&mut more).merge(&self.sets());
                self.0 = FailedForm::Many(more);
            }
        }
    }

    /// What is wanted of them.
    pub fn sets(&self) -> Cow<'_, ClientSets> {
        match &self.0 {
            FailedForm::Many(sets) => Cow::Borrowed(sets),
            FailedForm::Few(list) => {
                let mut sets = ClientSets::default();
                list.iter()
                    .for_each(|(ten, client)| sets.add(*ten, u64::from_le_bytes(*client)));
                Cow::Owned(sets)
            }
        }
    }

    /// Distinct clients of each ten seconds, about.
    pub fn by_ten(&self) -> [u32; SETS as usize] {
        let mut few = Bits::default();
        let tens = match &self.0 {
            FailedForm::Many(sets) => &sets.tens,
            FailedForm::Few(list) => {
                list.iter()
                    .for_each(|(ten, c)| few.insert(u16::from(*ten), bit(u64::from_le_bytes(*c))));
                &few
            }
        };
        std::array::from_fn(|ten| tens.count(ten as u16))
    }

    /// Requests by bucket of their clients.
    pub fn buckets(&self) -> [u32; 64] {
        match &self.0 {
            FailedForm::Many(sets) => sets.buckets.row(),
            FailedForm::Few(list) => {
                let mut row = [0; 64];
                list.iter()
                    .for_each(|x| row[usize::from(bucket(u64::from_le_bytes(x.1)))] += 1);
                row
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(requests: &[(u8, u64)]) -> FailedClients {
        let mut all = FailedClients::default();
        requests.iter().for_each(|(ten, c)| all.add(*ten, *c));
        all
    }

    #[test]
    fn clients_are_counted_once_and_their_requests_each() {
        // hashes that differ in the bits of the counts by ten seconds and in those of the buckets
        let client = |n: u64| n << 54 | n << 20;
        let few = of(&[
            (0, client(1)),
            (0, client(1)),
            (5, client(1)),
            (5, client(2)),
        ]);
        assert_eq!(few.sets().all.count(), (2, 0.0));
        assert_eq!(few.by_ten(), [1, 0, 0, 0, 0, 2]);
        let row = few.buckets();
        assert_eq!((row[1], row[2], row.iter().sum::<u32>()), (3, 1, 4));
        let mut many = few.clone();
        (0..40).for_each(|_| many.add(3, client(2)));
        assert!(matches!(many.0, FailedForm::Many(_)));
        assert_eq!(many.by_ten(), [1, 0, 0, 1, 0, 2]);
        assert_eq!(many.buckets()[..3], [0, 3, 41]);
    }

    proptest! {
        #[test]
        fn few_and_many_say_the_same(
            requests in proptest::collection::vec((0u8..6, any::<u64>()), 0..80),
            cut in 0usize..80,
        ) {
            let cut = cut.min(requests.len());
            let whole = of(&requests);
            let mut at_once = FailedClients::default();
            for all in requests.chunk_by(|a, b| a.0 == b.0) {
                let mut clients = all.iter().map(|x| x.1).collect();
                at_once.add_all(all[0].0, &mut clients);
            }
            prop_assert_eq!(&at_once, &whole);
            let mut sets = ClientSets::default();
            requests.iter().for_each(|(ten, c)| sets.add(*ten, *c));
            prop_assert_eq!(&whole, &FailedClients::from(sets));
            let (a, b) = (of(&requests[..cut]), of(&requests[cut..]));
            let (mut one, mut other) = (a.clone(), b.clone());
            one.merge(b);
            other.merge(a);
            prop_assert_eq!(&one, &whole);
            prop_assert_eq!(&other, &whole);
            prop_assert_eq!(whole.buckets(), whole.sets().buckets.row());
        }
    }
}
