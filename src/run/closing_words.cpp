#include "run/closing_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace quantrail {
namespace {

constexpr std::size_t kNamed = 8;

std::string named(const std::vector<std::string>& layers) {
  std::vector<std::string> some;
  for (std::size_t at = 0; at < std::min(layers.size(), kNamed); ++at) some.push_back(printable(layers[at]));
  std::string text = joined(some, ", ");
  if (layers.size() > kNamed) text += fmt::format(" and {} more", layers.size() - kNamed);
  return text;
}

}  // namespace

std::string closing_words(const IterationRecord& iteration) {
  std::string text;
  if (!iteration.reverted_layers.empty()) text = fmt::format("In float: {}. ", named(iteration.reverted_layers));
  return text + fmt::format("{:.1f} % of the multiply-adds in int8, a file of {:.2f} MiB.",
                            iteration.int8_macs_share * 100, static_cast<double>(iteration.size_bytes) / (1U << 20U));
}

}  // namespace quantrail
