#pragma once

#include <cstdint>

#include "model/graph.h"

namespace quantrail::bench {

inline constexpr std::int64_t kBertTokens = 128;
inline constexpr std::int64_t kBertVocabulary = 1000;

/// Two encoder layers of BERT-base (768 wide, 12 heads, 3072 between), as PyTorch exports them at opset 14: layer
/// normalisation and Gelu in single operators. A small vocabulary keeps the files small. Inputs "input_ids" and
/// "attention_mask" int64 [N, 128], output "last_hidden_state" [N, 128, 768].
[[nodiscard]] Graph bert(std::uint32_t seed);

}  // namespace quantrail::bench
