#include "model/ngrams.h"

#include <algorithm>

namespace quantrail {
namespace {

constexpr std::int64_t kMostColumns = std::int64_t{1} << 31U;

Status check_lengths(const NodeView& view, std::size_t lengths) {
  const auto shortest = view.integer("min_gram_length", 0);
  const auto longest = view.integer("max_gram_length", 0);
  if (shortest < 1 || longest < shortest || longest > static_cast<std::int64_t>(lengths))
    return fail(Cause::InvalidInput, "n-grams of {} to {} items in a pool of up to {}", shortest, longest, lengths);
  if (view.integer("max_skip_count", 0) < 0) return fail(Cause::InvalidInput, "a negative max_skip_count");
  return {};
}

std::vector<float> weights_of(const NodeView& view) {
  const auto found = view.node().attributes.find("weights");
  if (found == view.node().attributes.end()) return {};
  const auto* weights = std::get_if<std::vector<float>>(&found->second);
  return weights != nullptr ? *weights : std::vector<float>{};
}

}  // namespace

Result<std::vector<Ngram>> ngrams_of(const NodeView& view) {
  if (view.node().attributes.contains("pool_strings")) return fail(Cause::Unsupported, "strings are not supported");
  const auto pool = view.ints("pool_int64s");
  const auto starts = view.ints("ngram_counts");
  const auto columns = view.ints("ngram_indexes");
  const auto weights = weights_of(view);
  if (auto ok = check_lengths(view, starts.size()); !ok) return failed(ok);
  std::vector<Ngram> ngrams;
  for (std::size_t length = 1; length <= starts.size(); ++length) {
    const auto size = static_cast<std::int64_t>(pool.size());
    const auto end = length < starts.size() ? starts[length] : size;
    const auto start = starts[length - 1];
    if (start < 0 || end < start || end > size || (end - start) % static_cast<std::int64_t>(length) != 0)
      return fail(Cause::InvalidInput, "n-grams of {} items from {} to {} of a pool of {}", length, start, end, size);
    for (auto at = pool.begin() + start; at != pool.begin() + end; at += static_cast<std::ptrdiff_t>(length)) {
      if (ngrams.size() >= columns.size()) return fail(Cause::InvalidInput, "has more n-grams than ngram_indexes");
      const float weight = ngrams.size() < weights.size() ? weights[ngrams.size()] : 1.0F;
      ngrams.push_back(
          {{at, at + static_cast<std::ptrdiff_t>(length)}, static_cast<std::size_t>(columns[ngrams.size()]), weight});
    }
  }
  return ngrams;
}

Result<std::int64_t> ngram_columns(const NodeView& view) {
  const auto columns = view.ints("ngram_indexes");
  if (columns.empty()) return fail(Cause::InvalidInput, "has no ngram_indexes");
  const auto [least, most] = std::minmax_element(columns.begin(), columns.end());
  if (*least < 0 || *most >= kMostColumns)
    return fail(Cause::InvalidInput, "ngram_indexes from {} to {}", *least, *most);
  return *most + 1;
}

}  // namespace quantrail
