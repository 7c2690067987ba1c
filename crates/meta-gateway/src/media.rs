//! The port `MediaGateway`: files at Meta.

use async_trait::async_trait;
use futures::{StreamExt as _, TryStreamExt as _};
use wabakit_domain::ids::{MetaMediaId, PhoneNumberId};
use wabakit_graph::{
    Credentials,
    endpoints::{DownloadMedia, GetMedia},
};
use wabakit_ports::meta::{GrantAccess, MediaDownload, MediaGateway, MediaLink, MetaError, Sha256};

use crate::{
    GraphGateway,
    caller::open_token,
    errors::{Asked, meta_error},
};

#[async_trait]
impl MediaGateway for GraphGateway {
    async fn media_link(
        &self,
        access: &GrantAccess,
        number: &PhoneNumberId,
        media: &MetaMediaId,
    ) -> Result<MediaLink, MetaError> {
        let endpoint = GetMedia {
            media_id: media.as_str().to_owned(),
            phone_number_id: Some(number.as_str().to_owned()),
        };
        let media = self.caller(access).await?.call(endpoint).await?;
        Ok(MediaLink {
            url: media.url,
            mime_type: media.mime_type,
            sha256: media.sha256.as_deref().and_then(Sha256::parse),
            size: media.file_size.and_then(|size| size.try_into().ok()),
        })
    }

    async fn download(
        &self,
        access: &GrantAccess,
        link: &MediaLink,
        max_bytes: u64,
    ) -> Result<MediaDownload, MetaError> {
        // A media host takes the token without a proof, so the app's secret stays sealed.
        let credentials = Credentials::bearer(open_token(&*self.vault, access).await?);
        let mut media = DownloadMedia::new(link.url.clone(), max_bytes);
        media.sha256 = link.sha256.map(|Sha256(digest)| digest);
        let download = self.client.download_media(&credentials, &media).await;
        let download = download.map_err(|error| meta_error(Asked::Download, &error))?;
        Ok(MediaDownload {
            content_type: download.content_type,
            size: download.size,
            bytes: download
                .bytes
                .map_err(|error| meta_error(Asked::Download, &error))
                .boxed(),
        })
    }
}
