#pragma once

#include "base/hash.h"
#include "runtime/builder.h"

namespace quantrail {

/// All that decides how the steps of `unit` compute, but for the form in which they find what they read: the nodes, how
/// lowering has each of them read and compute, and who wants what they leave in which form. Equal in plans of one
/// network, quantization and batch, whatever they revert, where the unit is the same in both.
[[nodiscard]] Digest identity_of(const Unit& unit, const Builder::Context& context);

}  // namespace quantrail
