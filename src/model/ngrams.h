#pragma once

#include <vector>

#include "base/error.h"
#include "model/shape_rules.h"

namespace quantrail {

/// One n-gram of a TfIdfVectorizer's pool of integers.
struct Ngram {
  std::vector<std::int64_t> items{};
  std::size_t column = 0;  ///< of the output, that counts it
  float weight = 1.0F;
};

/// Errors: Unsupported for a pool of strings; InvalidInput where attributes do not fit each other.
[[nodiscard]] Result<std::vector<Ngram>> ngrams_of(const NodeView& view);

/// Columns of the output, which the pool's indices decide.
[[nodiscard]] Result<std::int64_t> ngram_columns(const NodeView& view);

}  // namespace quantrail
