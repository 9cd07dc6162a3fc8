#pragma once

#include <string>

#include "config/config.h"
#include "model/graph.h"

namespace quantrail {

/// Whether each attribute of `operation` exists at `node`, as written or by ONNX's default, and is equal. Numbers are
/// compared as float32, lists element by element. OpenVINO's names are translated where they mean the same: kernel,
/// transpose_a, transpose_b, block_size, pads_begin and pads_end (the halves of pads), and the values of auto_pad.
[[nodiscard]] bool has_attributes(const Node& node, std::int64_t opset, const IgnoredOperation& operation);

/// Whether the node is of the operators that the operation's type stands for.
[[nodiscard]] bool is_of_type(const Node& node, const IgnoredOperation& operation);

/// "Conv", or "Conv with group = 32, strides = [2, 2]".
[[nodiscard]] std::string described(const IgnoredOperation& operation);

/// Why none of the graph's nodes matches: no such operator is known, an attribute that none of them knows, or the
/// values that there are.
[[nodiscard]] std::string why_none_matches(const Graph& graph, const IgnoredOperation& operation);

}  // namespace quantrail
