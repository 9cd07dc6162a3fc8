#include <algorithm>
#include <map>

#include "model/kernels.h"
#include "model/ngrams.h"

namespace quantrail {
namespace {

using Pool = std::map<std::vector<std::int64_t>, const Ngram*>;

struct Lengths {
  std::size_t shortest = 1;
  std::size_t longest = 1;
  std::size_t skips = 0;  ///< items that may lie between two neighbours
};

/// Counts the n-grams of one row in their columns.
void count(std::span<const std::int64_t> row, const Lengths& lengths, const Pool& pool, std::span<float> columns) {
  for (std::size_t distance = 1; distance <= std::min(lengths.skips + 1, row.size()); ++distance) {
    for (std::size_t first = 0; first < row.size(); ++first) {
      std::vector<std::int64_t> gram;
      for (auto at = first; at < row.size() && gram.size() < lengths.longest; at += distance) {
        gram.push_back(row[at]);
        // A single item has no neighbour to be apart from: it counts once.
        if (gram.size() < lengths.shortest || (gram.size() == 1 && distance > 1)) continue;
        const auto found = pool.find(gram);
        if (found != pool.end()) columns[found->second->column] += 1.0F;
      }
    }
  }
}

Status vectorize(const KernelCall& call) {
  const auto ngrams = ngrams_of(call.view);
  if (!ngrams) return failed(ngrams);
  Pool pool;
  for (const auto& ngram : *ngrams) pool.emplace(ngram.items, &ngram);
  const Lengths lengths{static_cast<std::size_t>(call.view.integer("min_gram_length", 1)),
                        static_cast<std::size_t>(call.view.integer("max_gram_length", 1)),
                        static_cast<std::size_t>(call.view.integer("max_skip_count", 0))};
  const std::string mode = string_attribute(call.view.node(), "mode", "TF");
  const auto values = integers_of(call.input(0));
  auto out = call.output().values<float>();
  const auto width = static_cast<std::size_t>(call.output().shape.back());
  const std::size_t rows = out.size() / width;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto columns = out.subspan(row * width, width);
    const std::size_t length = values.size() / rows;
    count(std::span(values).subspan(row * length, length), lengths, pool, columns);
    if (mode == "TF") continue;
    for (const auto& ngram : *ngrams) {
      float& value = columns[ngram.column];
      if (mode == "IDF") value = std::min(value, 1.0F);
      value *= ngram.weight;
    }
  }
  return {};
}

}  // namespace

void add_ngram_kernels(Kernels& kernels) { kernels["TfIdfVectorizer"] = vectorize; }

}  // namespace quantrail
