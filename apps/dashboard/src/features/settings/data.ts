import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";

export const orgQuery = queryOptions({
  queryKey: ["org"],
  queryFn: () => unwrap(api.GET("/api/orgs/current")),
});

export const metaAppsQuery = queryOptions({
  queryKey: ["meta-apps"],
  queryFn: async () => (await unwrap(api.GET("/api/meta-apps"))).data,
});

export const signInsQuery = queryOptions({
  queryKey: ["sign-ins"],
  queryFn: async () => (await unwrap(api.GET("/auth/sign-ins"))).data,
});

export const twoFactorQuery = queryOptions({
  queryKey: ["two-factor"],
  queryFn: () => unwrap(api.GET("/auth/two-factor")),
});
