#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/graph.h"

namespace quantrail {

/// The attributes that ONNX defines for `op` at `opset` (the newest that libonnx knows, where it is older), ascending;
/// empty for operators that it does not know.
[[nodiscard]] std::vector<std::string> known_attributes(const std::string& op, std::int64_t opset);

/// Whether any version of ONNX that libonnx knows has the operator.
[[nodiscard]] bool is_onnx_operator(const std::string& op);

/// What attribute `key` of the node is: as written, else ONNX's default for it, where that is one value (group 1,
/// axis -1, auto_pad "NOTSET", ...). Nothing for others; of those, absent strides and dilations mean 1 and absent pads
/// 0 along each axis.
[[nodiscard]] std::optional<Attribute> attribute_in_force(const Node& node, std::int64_t opset, const std::string& key);

}  // namespace quantrail
