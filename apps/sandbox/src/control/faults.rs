//! `/_sandbox/faults`: ordering, listing and lifting faults.

use actix_web::web::{Data, Json, Path, ServiceConfig, delete, get, post, resource};
use serde_json::json;

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::faults::{Fault, FaultOrder};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/faults")
                .route(get().to(list))
                .route(post().to(order))
                .route(delete().to(lift_all)),
        )
        .service(resource("/faults/{id}").route(delete().to(lift)));
}

async fn list(context: Data<Context>) -> Answer {
    Ok(Json(
        context.store.read(|world| json!({ "data": world.faults })),
    ))
}

async fn order(context: Data<Context>, order: Json<FaultOrder>) -> Answer {
    let order = order.into_inner();
    if let Some(objection) = order.objection() {
        return Err(ControlError::Invalid(objection.to_owned()));
    }
    let fault = context.store.change(|world| {
        let id = format!("fault_{}", world.count());
        let fault = Fault {
            id,
            order,
            seen: 0,
            hits: 0,
        };
        world.faults.push(fault.clone());
        fault
    });
    context.store.flush().await?;
    Ok(Json(json!(fault)))
}

async fn lift_all(context: Data<Context>) -> Answer {
    context.store.change(|world| world.faults.clear());
    context.store.flush().await?;
    Ok(Json(json!({ "success": true })))
}

async fn lift(context: Data<Context>, id: Path<String>) -> Answer {
    let lifted = context.store.change(|world| {
        let place = world.faults.iter().position(|fault| fault.id == *id)?;
        Some(world.faults.remove(place))
    });
    let Some(fault) = lifted else {
        return Err(ControlError::NotFound(format!("no fault {id}")));
    };
    context.store.flush().await?;
    Ok(Json(json!({ "success": true, "hits": fault.hits })))
}
