#pragma once

namespace quantrail {

/// What the processor can do, as far as results depend on it; as in RuntimeInfo.
struct Processor {
  bool int8_exact = true;
  bool wide_tiles = false;  ///< where neither is, layers with weights are simulated in float
};
[[nodiscard]] Processor processor_here();

}  // namespace quantrail
