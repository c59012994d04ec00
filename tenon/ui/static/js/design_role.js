// The role designer: the check for leaks, run when somebody asks.
import { one } from "./dom.js";
