#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quantrail::fuzz {

/// The ONNX model `bytes` with a few of its parts changed: attributes, sizes, element types, contents, operators,
/// connections, opset. Still a message, seldom a sound model; the same for the same seed. Empty when `bytes` is no
/// model.
[[nodiscard]] std::string mutated(std::string_view bytes, std::uint32_t seed);

/// Both networks in one, the second reading what the first computes. Empty when one of them is no model.
[[nodiscard]] std::string joined(std::string_view first, std::string_view second, std::uint32_t seed);

}  // namespace quantrail::fuzz
