//! The settings of a media store.

use std::path::PathBuf;

use secrecy::SecretString;
use thiserror::Error;
use url::Url;

/// The setting that names the media store.
pub const MEDIA_STORE: &str = "MEDIA_STORE";
/// The setting with the name of an S3 store's access key.
pub const ACCESS_KEY_ID: &str = "MEDIA_STORE_ACCESS_KEY_ID";
/// The setting with an S3 store's secret key.
pub const SECRET_ACCESS_KEY: &str = "MEDIA_STORE_SECRET_ACCESS_KEY";

/// A parsed media store setting.
#[derive(Clone, Debug)]
pub enum MediaStoreConfig {
    /// A folder.
    Folder(PathBuf),
    /// A bucket.
    S3(S3Config),
}

/// A bucket of an S3-compatible store.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// Its name.
    pub bucket: String,
    /// The prefix of all keys, without slashes around it. Empty for no prefix.
    pub prefix: String,
    /// The address of the store. AWS when there is none.
    pub endpoint: Option<Url>,
    /// The region that requests are signed for.
    pub region: String,
    /// The credentials that requests are signed with.
    pub credentials: S3Credentials,
}

/// The credentials of an S3 store.
#[derive(Clone, Debug)]
pub struct S3Credentials {
    /// The name of the access key.
    pub access_key_id: String,
    /// The secret key.
    pub secret_access_key: SecretString,
}

/// A setting that cannot be used. It shows names of options and no values.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum MediaStoreConfigError {
    /// The address is neither `file:` nor `s3:`, or names no folder or bucket.
    #[error("MEDIA_STORE must be file:<folder> or s3://<bucket>[/<prefix>][?endpoint=…&region=…]")]
    Form,
    /// The address has an unknown option, or one option twice.
    #[error("MEDIA_STORE knows the options endpoint and region, each once; not {0}")]
    Option(String),
    /// The endpoint is not an address such as `https://s3.example:9000`.
    #[error(
        "the endpoint in MEDIA_STORE must be http(s)://<host>[:<port>], and hold no credentials"
    )]
    Endpoint,
    /// The address contains credentials.
    #[error(
        "credentials must not stand in MEDIA_STORE; set MEDIA_STORE_ACCESS_KEY_ID and \
         MEDIA_STORE_SECRET_ACCESS_KEY"
    )]
    CredentialsInUrl,
    /// An S3 store has no credentials.
    #[error("an S3 store needs MEDIA_STORE_ACCESS_KEY_ID and MEDIA_STORE_SECRET_ACCESS_KEY")]
    NoCredentials,
}

impl MediaStoreConfig {
    /// Parses the setting `MEDIA_STORE`. `credentials` are the values of the two settings beside it, if both are set.
    /// A folder needs none.
    ///
    /// # Errors
    /// Each fault has a [`MediaStoreConfigError`] of its own.
    pub fn parse(
        url: &str,
        credentials: Option<S3Credentials>,
    ) -> Result<Self, MediaStoreConfigError> {
        if let Some(path) = url.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(MediaStoreConfigError::Form);
            }
            return Ok(Self::Folder(path.into()));
        }
        let url = Url::parse(url).map_err(|_| MediaStoreConfigError::Form)?;
        if url.scheme() != "s3" {
            return Err(MediaStoreConfigError::Form);
        }
        S3Config::from_url(&url, credentials).map(Self::S3)
    }
}

impl S3Config {
    fn from_url(
        url: &Url,
        credentials: Option<S3Credentials>,
    ) -> Result<Self, MediaStoreConfigError> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(MediaStoreConfigError::CredentialsInUrl);
        }
        let bucket = url.host_str().filter(|host| !host.is_empty());
        let bucket = bucket.ok_or(MediaStoreConfigError::Form)?.to_owned();
        if url.port().is_some() || url.fragment().is_some() {
            return Err(MediaStoreConfigError::Form);
        }
        let prefix = url.path().trim_matches('/').to_owned();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        if !prefix.chars().all(is_plain) || prefix.contains("//") || prefix.contains("..") {
            return Err(MediaStoreConfigError::Form);
        }
        let (mut endpoint, mut region) = (None, None);
        for (name, value) in url.query_pairs() {
            match &*name {
                "endpoint" if endpoint.is_none() => endpoint = Some(self::endpoint(&value)?),
                "region" if region.is_none() && !value.is_empty() => {
                    region = Some(value.into_owned());
                }
                _ => return Err(MediaStoreConfigError::Option(name.into_owned())),
            }
        }
        Ok(Self {
            bucket,
            prefix,
            endpoint,
            region: region.unwrap_or_else(|| "us-east-1".to_owned()),
            credentials: credentials.ok_or(MediaStoreConfigError::NoCredentials)?,
        })
    }
}

fn endpoint(text: &str) -> Result<Url, MediaStoreConfigError> {
    let url = Url::parse(text).map_err(|_| MediaStoreConfigError::Endpoint)?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_plain
        .then_some(url)
        .ok_or(MediaStoreConfigError::Endpoint)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn credentials() -> Option<S3Credentials> {
        Some(S3Credentials {
            access_key_id: "key".to_owned(),
            secret_access_key: "canary".into(),
        })
    }

    #[rstest]
    #[case("file:data/media", "data/media")]
    #[case("file:/var/media", "/var/media")]
    #[case("file:///var/media", "/var/media")]
    #[case("file:./a b%20c", "./a b%20c")]
    fn a_folder_is_taken_as_it_is_written(#[case] url: &str, #[case] path: &str) {
        let config = MediaStoreConfig::parse(url, None).unwrap();
        assert!(
            matches!(config, MediaStoreConfig::Folder(found) if found == std::path::Path::new(path))
        );
    }

    #[rstest]
    #[case("s3://media", "media", "", None, "us-east-1")]
    #[case(
        "s3://Media_1/a/b/?region=eu-north-1",
        "Media_1",
        "a/b",
        None,
        "eu-north-1"
    )]
    #[case(
        "s3://m/p?endpoint=http://127.0.0.1:9000&region=x",
        "m",
        "p",
        Some("http://127.0.0.1:9000/"),
        "x"
    )]
    #[case(
        "s3://m?endpoint=https%3A%2F%2Fs3.example",
        "m",
        "",
        Some("https://s3.example/"),
        "us-east-1"
    )]
    fn a_bucket_is_read_with_its_options(
        #[case] url: &str,
        #[case] bucket: &str,
        #[case] prefix: &str,
        #[case] endpoint: Option<&str>,
        #[case] region: &str,
    ) {
        let Ok(MediaStoreConfig::S3(s3)) = MediaStoreConfig::parse(url, credentials()) else {
            panic!("{url} is refused");
        };
        assert_eq!((s3.bucket.as_str(), s3.prefix.as_str()), (bucket, prefix));
        assert_eq!(s3.endpoint.as_ref().map(Url::as_str), endpoint);
        assert_eq!(s3.region, region);
        assert!(!format!("{s3:?}").contains("canary"));
    }

    #[rstest]
    #[case("", MediaStoreConfigError::Form)]
    #[case("/var/media", MediaStoreConfigError::Form)]
    #[case("file:", MediaStoreConfigError::Form)]
    #[case("file://", MediaStoreConfigError::Form)]
    #[case("gs://media", MediaStoreConfigError::Form)]
    #[case("s3:", MediaStoreConfigError::Form)]
    #[case("s3:///prefix", MediaStoreConfigError::Form)]
    #[case("s3://media:9000/", MediaStoreConfigError::Form)]
    #[case("s3://media/a//b", MediaStoreConfigError::Form)]
    #[case("s3://media/a%2Fb", MediaStoreConfigError::Form)]
    #[case("s3://media#x", MediaStoreConfigError::Form)]
    #[case("s3://media?regoin=x", MediaStoreConfigError::Option("regoin".to_owned()))]
    #[case("s3://media?region=", MediaStoreConfigError::Option("region".to_owned()))]
    #[case("s3://media?region=a&region=b", MediaStoreConfigError::Option("region".to_owned()))]
    #[case("s3://media?endpoint=s3.example", MediaStoreConfigError::Endpoint)]
    #[case(
        "s3://media?endpoint=ftp://s3.example",
        MediaStoreConfigError::Endpoint
    )]
    #[case(
        "s3://media?endpoint=https://u:p@s3.example",
        MediaStoreConfigError::Endpoint
    )]
    #[case("s3://key:secret@media", MediaStoreConfigError::CredentialsInUrl)]
    fn what_is_wrong_is_said(#[case] url: &str, #[case] error: MediaStoreConfigError) {
        assert_eq!(
            MediaStoreConfig::parse(url, credentials()).unwrap_err(),
            error
        );
    }

    #[test]
    fn a_bucket_needs_credentials() {
        let error = MediaStoreConfig::parse("s3://media", None).unwrap_err();
        assert_eq!(error, MediaStoreConfigError::NoCredentials);
    }
}
