#pragma once

#include <optional>

#include "model/lowering.h"

namespace quantrail {

/// The Relu or Clip behind node `at`, where its result is read as codes only and their range already clamps it.
[[nodiscard]] std::optional<std::size_t> superfluous_activation(const Graph& graph, const GraphIndex& index,
                                                                const Quantization& quantization,
                                                                const Lowering& lowering, std::size_t at);

}  // namespace quantrail
