use std::collections::HashMap;

use wabakit_domain::{
    Time,
    ids::{IdBlock, OrgId},
    inbound::Fact,
    inbox::Item,
};

use super::{KeptAnswer, Received};
use crate::store::{IdempotencyKey, LogHeads, StoreError, Submission, Submitted};

impl KeptAnswer {
    fn to(&self, key: &IdempotencyKey) -> Submitted {
        match self.fingerprint == key.fingerprint {
            true => Submitted::Repeated(self.answer.clone()),
            false => Submitted::KeyReused,
        }
    }
}

impl Received {
    pub(super) fn repeated(&self, org: OrgId, key: &IdempotencyKey) -> Option<Submitted> {
        let kept = self.kept_answers.get(&(org, key.key.clone()));
        kept.map(|kept| kept.to(key))
    }

    pub(super) fn submit(
        &mut self,
        submissions: Vec<Submission>,
        ids: IdBlock,
        now: Time,
    ) -> Result<(Vec<Submitted>, LogHeads), StoreError> {
        let mut outcomes = Vec::new();
        let mut fresh = HashMap::<_, KeptAnswer>::new();
        let mut items = Vec::new();
        for submission in submissions {
            let org = submission.org;
            if let Some(key) = submission.key {
                let name = (org, key.key.clone());
                let kept = fresh.get(&name).map(|kept| kept.to(&key));
                if let Some(answer) = kept.or_else(|| self.repeated(org, &key)) {
                    outcomes.push(Err(answer));
                    continue;
                }
                let kept = KeptAnswer {
                    fingerprint: key.fingerprint,
                    answer: submission.answer,
                    at: now,
                };
                fresh.insert(name, kept);
            }
            let mut made = Vec::new();
            for (account, compose) in submission.messages {
                made.push(compose.message);
                items.push(Item {
                    org,
                    accounts: vec![account],
                    received_at: now,
                    told_at: None,
                    extra: None,
                    digest: None,
                    fact: Fact::Compose(Box::new(compose)),
                });
            }
            outcomes.push(Ok(made));
        }
        let plan = self.plan(&items, HashMap::new(), now, ids)?;
        let heads = self.write(plan, now).heads;
        self.kept_answers.extend(fresh);
        let outcomes = outcomes.into_iter().map(|outcome| match outcome {
            Ok(made) => {
                let made = made.iter().filter_map(|id| self.messages.get(id));
                Submitted::Queued(made.cloned().collect())
            }
            Err(answer) => answer,
        });
        Ok((outcomes.collect(), heads))
    }
}
