//! Tells the open sockets of a member of staff that the account was disabled.

use quietroom_protocol::StaffId;
use tokio::sync::broadcast;

/// Accounts that may be disabled before a socket notices; one that falls behind ends as well.
const QUEUE: usize = 64;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dismissals(broadcast::Sender<StaffId>);

/// What one socket listens to.
#[derive(Debug)]
pub struct Dismissal {
    staff: StaffId,
    dismissed: broadcast::Receiver<StaffId>,
}

impl Default for Dismissals {
    fn default() -> Self {
        Self(broadcast::Sender::new(QUEUE))
    }
}

impl Dismissals {
    /// Ends the sockets of `staff`.
    pub fn dismiss(&self, staff: StaffId) {
        // Nobody may be listening.
        let _ = self.0.send(staff);
    }

    /// From now on. Whoever listens asks the records after this, so that nothing falls between.
    #[must_use]
    pub fn of(&self, staff: StaffId) -> Dismissal {
        Dismissal {
            staff,
            dismissed: self.0.subscribe(),
        }
    }
}

impl Dismissal {
    /// Waits until the account is disabled.
    pub async fn wait(&mut self) {
        loop {
            match self.dismissed.recv().await {
                Ok(staff) if staff != self.staff => {}
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn only_the_sockets_of_the_account_end() {
        let dismissals = Dismissals::default();
        let [maya, sam] = [1, 2].map(|number| StaffId(Uuid::from_u128(number)));
        let (mut of_maya, mut of_sam) = (dismissals.of(maya), dismissals.of(sam));
        dismissals.dismiss(sam);
        of_sam.wait().await;
        dismissals.dismiss(maya);
        of_maya.wait().await;
        assert_eq!(of_maya.dismissed.len(), 0, "it waited past the other's");
    }
}
