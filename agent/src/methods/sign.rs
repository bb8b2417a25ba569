//! `sign.cms`, `sign.xml`, `sign.raw`: the page's documents become signatures after one window.

use std::sync::Arc;

use tanba::protocol::{
    Bytes, Locale, Purpose, SignCms, SignRaw, SignXml, Signatures, SignedXml, Signer,
};
use tanba_core::xml::sign::What;

use crate::ctx::Ctx;
use crate::error::Error;
use crate::locales;
use crate::page::Page;
use crate::signing::{self, Chain, Content, Order, Places, Signature, Signed, Usage, Wanted, Work};

/// Signs documents as CMS messages.
pub(super) async fn cms(ctx: &Arc<Ctx>, page: &Page, call: SignCms) -> Result<Signatures, Error> {
    let SignCms { documents, attached, time_stamp, signer, locale } = call;
    let work = Work::Cms { contents: contents(documents), attached, stamped: time_stamp };
    signatures(order(ctx, page, work, signer, locale).await?)
}

/// Signs documents and nothing around them.
pub(super) async fn raw(ctx: &Arc<Ctx>, page: &Page, call: SignRaw) -> Result<Signatures, Error> {
    let SignRaw { documents, signer, locale } = call;
    let work = Work::Raw { contents: contents(documents) };
    signatures(order(ctx, page, work, signer, locale).await?)
}

/// Signs XML documents.
pub(super) async fn xml(ctx: &Arc<Ctx>, page: &Page, call: SignXml) -> Result<SignedXml, Error> {
    let SignXml { documents, element, parent, signer, locale } = call;
    let what = What::parse(&element.unwrap_or_default(), &parent.unwrap_or_default())
        .map_err(|_| Error::BadParams)?;
    let documents = documents.into_iter().map(String::into_bytes).collect();
    let signed = order(ctx, page, Work::Xml { documents, what }, signer, locale).await?;
    let documents = signed.signatures.into_iter().map(|signature| match signature {
        Signature::Xml(text) => Ok(text),
        Signature::Bytes(_) | Signature::Around(_) => Err(Error::Internal),
    });
    let certificate = Bytes(signed.certificate.der().to_vec());
    Ok(SignedXml { documents: documents.collect::<Result<_, _>>()?, certificate })
}

fn contents(documents: Vec<Bytes>) -> Vec<Content> {
    documents.into_iter().map(|Bytes(bytes)| Content::Bytes(bytes)).collect()
}

async fn order(
    ctx: &Arc<Ctx>,
    page: &Page,
    work: Work,
    signer: Signer,
    locale: Option<Locale>,
) -> Result<Signed, Error> {
    let Signer { purpose, iin, bin } = signer;
    let usage = match purpose {
        None => Usage::Any,
        Some(Purpose::Sign) => Usage::Sign,
        Some(Purpose::Auth) => Usage::Auth,
    };
    let wanted = Wanted { usage, iin, bin, chain: Chain::Known, ..Wanted::default() };
    let places = Places { files: true, ..Places::default() };
    let locale = locales::of_call(ctx, page, locale);
    let order = Order { work, wanted, places, locale, logo: None };
    Ok(signing::sign(ctx, page, order).await?)
}

fn signatures(signed: Signed) -> Result<Signatures, Error> {
    let all = signed.signatures.into_iter().map(|signature| match signature {
        Signature::Bytes(bytes) => Ok(Bytes(bytes)),
        Signature::Xml(_) | Signature::Around(_) => Err(Error::Internal),
    });
    let certificate = Bytes(signed.certificate.der().to_vec());
    Ok(Signatures { signatures: all.collect::<Result<_, _>>()?, certificate })
}
