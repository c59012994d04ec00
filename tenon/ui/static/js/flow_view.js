// A canvas of steps that is only looked at.
import { firstLook } from "./flow_stage.js";

firstLook();
