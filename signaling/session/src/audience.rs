//! Who receives what of whom.

use quietroom_protocol::{DeviceId, Source};
use std::collections::BTreeMap;

/// All that each device may receive. A device that is not a key receives nothing; a device that is
/// in no list sends nothing to anyone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    pub listeners: BTreeMap<DeviceId, Vec<(DeviceId, Source)>>,
}
