//! Servers that help browsers to find a way to each other.

use super::Request;
use crate::store::Refused;

impl Request<'_> {
    pub(super) fn refresh_ice(&self) -> Result<(), Refused> {
        let now = self.app.clock.unix_now();
        let servers = self.app.ice.servers(now, &self.session.person.id, &self.session.device);
        self.session.post(self.id, &servers.into());
        Ok(())
    }
}
