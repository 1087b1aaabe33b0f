// The one type that JSDoc cannot say, as it holds itself.

import type { JsonNumber } from "./json.js";

export type Json = null | boolean | string | JsonNumber | Json[] | Map<string, Json>;
