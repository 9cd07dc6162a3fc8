#include "run/saturation_remark.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"

namespace quantrail {

std::string saturation_remark(const std::set<std::string, std::less<>>& spoilt) {
  constexpr std::size_t kMostNames = 5;
  std::vector<std::string> names;
  for (const auto& name : spoilt) {
    if (names.size() < kMostNames) names.push_back(printable(name));
  }
  const std::size_t more = spoilt.size() - names.size();
  return fmt::format(
      "weights of {} layer{} keep to half the codes (saturation_fix measured): CPUs without VNNI would spoil {} sums, "
      "{}{}",
      spoilt.size(), spoilt.size() == 1 ? "" : "s", spoilt.size() == 1 ? "its" : "their", joined(names, ", "),
      more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace quantrail
