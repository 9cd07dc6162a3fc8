#pragma once

#include "runtime/qdq_network.h"

namespace quantrail::testing {

/// A small quantized network with one input "x" and one output behind a pair at params(): layers, arithmetic, pools and
/// functions in random order, each of whose operands is read as it is, behind a pair that others read as well, or
/// behind one of its own with another scale. `clips`: Clip nodes appear too. The same for the same seed.
[[nodiscard]] QdqNetwork random_qdq(std::uint32_t seed, bool clips);

}  // namespace quantrail::testing
