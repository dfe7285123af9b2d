//! What a page asks for, turned into the verbs of the store. One file for each group of messages.

mod negotiating;
mod ringing;
mod rooms;
mod ways;

use std::sync::Arc;

use protocol::frame::RequestId;
use protocol::{CallId, ClientMessage, ErrorCode, MediaState, Participant};

use crate::app::App;
use crate::session::Session;
use crate::store::{Origin, Refused};
use call::record::Event;

/// A request on its way through the relay.
struct Request<'a> {
    app: &'a App,
    session: &'a Session,
    id: Option<RequestId>,
}

/// Carries out a request. Its reply is on its way when this is done, unless it is refused.
///
/// # Errors
/// The refusal, for the sender.
pub(crate) async fn carry_out(
    app: &Arc<App>,
    session: &Arc<Session>,
    id: Option<RequestId>,
    message: ClientMessage,
) -> Result<(), Refused> {
    let request = Request { app, session, id };
    match message {
        ClientMessage::RefreshIce(_) => request.refresh_ice(),
        ClientMessage::Initiate(message) => request.initiate(message).await,
        ClientMessage::Ringing(message) => request.ringing(message).await,
        ClientMessage::Accept(message) => request.accept(message).await,
        ClientMessage::Decline(message) => request.decline(message).await,
        ClientMessage::Hangup(message) => request.hang_up(message).await,
        ClientMessage::Connected(message) => request.connected(message).await,
        ClientMessage::CreateRoom(message) => request.create_room(message).await,
        ClientMessage::Join(message) => request.join(message).await,
        ClientMessage::Moderate(message) => request.moderate(message).await,
        ClientMessage::Invite(message) => request.invite(message).await,
        ClientMessage::Leave(message) => request.leave(message).await,
        ClientMessage::Offer(message) => request.offer(message).await,
        ClientMessage::Answer(message) => request.answer(message).await,
        ClientMessage::IceCandidates(message) => request.candidates(message).await,
        ClientMessage::UpdateMedia(message) => request.update_media(message).await,
        ClientMessage::WantMedia(message) => request.want_media(message).await,
        ClientMessage::ReportQuality(message) => request.report_quality(message).await,
        // These belong to the connection, which deals with them before it comes to this.
        ClientMessage::Hello(_) | ClientMessage::Resume(_) | ClientMessage::Ping(_) => {
            Err(Refused::new(ErrorCode::NotWelcome))
        }
    }
}

impl Request<'_> {
    fn origin(&self) -> Origin {
        Origin { device: self.session.device.clone(), request: self.id }
    }

    /// The sender as a participant.
    fn sender(&self, media: MediaState) -> Participant {
        Participant { device: self.session.device.clone(), user: self.session.person.clone(), media }
    }

    async fn tell(&self, call: CallId, event: Event) -> Result<(), Refused> {
        self.app.store.tell(self.app.clock.now(), self.origin(), call, event).await
    }
}
