use wabakit_domain::{explain, outbound::WaitReason};
use wabakit_ports::store::QueueBlock;
use wabakit_wire::queue::{Block, DueCounts, Queue, QueueRate, WaitingCount};

use super::IntoWire;
use crate::send;

impl IntoWire<Block> for QueueBlock {
    fn into_wire(self) -> Block {
        Block {
            reason: self.reason.into_wire(),
            until: self.until,
            code: self.code,
            explanation: self.code.map(|code| explain::explain(code).into_wire()),
        }
    }
}

impl IntoWire<WaitingCount> for (WaitReason, i64) {
    fn into_wire(self) -> WaitingCount {
        WaitingCount {
            reason: self.0.into_wire(),
            count: self.1,
        }
    }
}

impl IntoWire<Queue> for send::Queue {
    fn into_wire(self) -> Queue {
        let (account, seen) = (self.account, self.overview);
        let [high, normal, low] = seen.due;
        Queue {
            account_id: account.id.uuid(),
            display_name: account.shown_name().to_owned(),
            display_phone: account.display_phone_number,
            rate: QueueRate {
                per_second: self.rate.per_second.get(),
                level: account.health.throughput_level,
            },
            sent_last_minute: self.sent_last_minute,
            due: DueCounts { high, normal, low },
            waiting: seen.waiting.into_wire(),
            sending: seen.dispatching,
            proving: seen.proving,
            unknown: seen.unknown,
            failed: seen.failed,
            stuck: seen.stuck,
            oldest_due_at: seen.oldest_due,
            is_paused: seen.is_paused,
            block: seen.block.into_wire(),
            is_owned: seen.is_owned,
            counts_up_to: self.counts_up_to,
        }
    }
}
