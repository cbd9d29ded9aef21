//! Bodies of requests on their way in, bounded in size, in number and in time: whoever sends half
//! of one and waits costs this process little, and not for long.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::response::Response;
use futures::StreamExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::api_error;

/// Bodies that may be on their way at once: more than AT15 has calls.
const MOST_AT_ONCE: usize = 256;

/// Bytes of them that are held at once: six of the largest body.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Whoever sends a body is let in here.
#[derive(Debug)]
pub(crate) struct Bodies {
    places: Semaphore,
    bytes: Semaphore,
}

/// Why there is no whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoBody {
    /// It is larger than this call may send.
    TooLarge,
    /// It did not end in time.
    TooLate,
    /// It broke off.
    Broken,
    /// Too many others are on their way.
    TooMany,
}

impl NoBody {
    /// How the call is answered.
    pub(crate) fn answer(self) -> Response {
        match self {
            NoBody::TooLarge => api_error::too_large(),
            NoBody::TooLate => api_error::body_too_late(),
            NoBody::Broken => api_error::body_broken(),
            NoBody::TooMany => api_error::overloaded(),
        }
    }
}

impl Default for Bodies {
    fn default() -> Bodies {
        Bodies::bounded(MOST_AT_ONCE, MOST_BYTES)
    }
}

impl Bodies {
    fn bounded(places: usize, bytes: usize) -> Bodies {
        Bodies {
            places: Semaphore::new(places),
            bytes: Semaphore::new(bytes),
        }
    }

    /// The whole body, if it has no more than `most` bytes and ends before `until`. One that is
    /// too large is read to its end and dropped, so that its sender gets to see the answer.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn receive(
        &self,
        body: Body,
        most: usize,
        until: Instant,
    ) -> Result<Bytes, NoBody> {
        let _place = self.places.try_acquire().map_err(|_| NoBody::TooMany)?;
        let mut stream = body.into_data_stream();
        let received = timeout_at(until, self.collect(&mut stream, most)).await;
        let received = received.unwrap_or(Err(NoBody::TooLate));
        if received == Err(NoBody::TooLarge) {
            drain(&mut stream, until).await;
        }
        received
    }

    async fn collect(&self, stream: &mut BodyDataStream, most: usize) -> Result<Bytes, NoBody> {
        let mut kept = Vec::new();
        let mut held = self.hold(0)?;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| NoBody::Broken)?;
            if kept.len() + chunk.len() > most {
                return Err(NoBody::TooLarge);
            }
            held.merge(self.hold(chunk.len())?);
            kept.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(kept))
    }

    fn hold(&self, bytes: usize) -> Result<SemaphorePermit<'_>, NoBody> {
        let bytes = u32::try_from(bytes).map_err(|_| NoBody::TooLarge)?;
        let held = self.bytes.try_acquire_many(bytes);
        held.map_err(|_| NoBody::TooMany)
    }
}

/// Reads a body that nobody wants, so that its sender gets to see why. Nothing of it is held.
pub(crate) async fn discard(body: Body, until: Instant) {
    drain(&mut body.into_data_stream(), until).await;
}

async fn drain(stream: &mut BodyDataStream, until: Instant) {
    let end = async { while let Some(Ok(_)) = stream.next().await {} };
    let _ = timeout_at(until, end).await;
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use futures::stream;

    use super::*;

    /// A body of `chunks`, then nothing for ever, or its end.
    fn body(chunks: Vec<io::Result<&'static str>>, stalls: bool) -> Body {
        let sent = stream::iter(chunks);
        if stalls {
            Body::from_stream(sent.chain(stream::pending()))
        } else {
            Body::from_stream(sent)
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    async fn received(bodies: &Bodies, body: Body) -> Result<Bytes, NoBody> {
        bodies.receive(body, 10, soon()).await
    }

    #[tokio::test]
    async fn a_body_is_whole_or_says_why_not() {
        let bodies = Bodies::default();
        for (body, outcome) in [
            (
                body(vec![Ok("12345"), Ok("67890")], false),
                Ok("1234567890".into()),
            ),
            (body(vec![], false), Ok("".into())),
            (
                body(vec![Ok("12345"), Ok("678901")], false),
                Err(NoBody::TooLarge),
            ),
            (body(vec![Ok("123456789012")], true), Err(NoBody::TooLarge)),
            (body(vec![Ok("12345")], true), Err(NoBody::TooLate)),
            (body(vec![], true), Err(NoBody::TooLate)),
            (
                body(vec![Ok("12345"), Err(io::Error::other("gone"))], false),
                Err(NoBody::Broken),
            ),
        ] {
            assert_eq!(received(&bodies, body).await, outcome);
        }
    }

    #[tokio::test]
    async fn half_sent_bodies_take_every_place_only_until_their_time_is_over() {
        let bodies = Bodies::bounded(2, 100);
        let (one, two, three) = tokio::join!(
            received(&bodies, body(vec![Ok("1")], true)),
            received(&bodies, body(vec![], true)),
            received(&bodies, body(vec![Ok("whole")], false)),
        );
        assert_eq!((one, two), (Err(NoBody::TooLate), Err(NoBody::TooLate)));
        assert_eq!(three, Err(NoBody::TooMany));
        assert!(
            received(&bodies, body(vec![Ok("whole")], false))
                .await
                .is_ok()
        );
    }

    #[tokio::test]
    async fn half_sent_bodies_hold_no_more_bytes_than_there_are() {
        let bodies = Bodies::bounded(10, 12);
        let (half, whole) = tokio::join!(
            received(&bodies, body(vec![Ok("12345678")], true)),
            received(&bodies, body(vec![Ok("12345678")], false)),
        );
        assert_eq!((half, whole), (Err(NoBody::TooLate), Err(NoBody::TooMany)));
        assert!(
            received(&bodies, body(vec![Ok("12345678")], false))
                .await
                .is_ok()
        );
    }
}
