//! Servers that help browsers to find a way to each other.

use protocol::IceServers;

use super::Request;
use crate::store::Refused;

impl Request<'_> {
    pub(super) fn refresh_ice(&self) -> Result<(), Refused> {
        let ice_servers = self.app.config.ice_servers.clone();
        self.session.post(self.id, &IceServers { ice_servers, expires_in_s: None }.into());
        Ok(())
    }
}
