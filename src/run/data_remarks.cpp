#include "run/data_remarks.h"

#include "base/text.h"

namespace quantrail {

std::vector<std::string> data_remarks(const Graph& graph, const Statistics& learned) {
  std::vector<std::string> remarks;
  for (const auto& input : graph.inputs) {
    const auto found = learned.values.find(input.name);
    if (found == learned.values.end() || found->second.not_finite == 0) continue;
    const bool one = found->second.not_finite == 1;
    remarks.push_back(fmt::format("calibration: {} element{} of input \"{}\" {} NaN or infinite; ranges leave {} out",
                                  found->second.not_finite, one ? "" : "s", printable(input.name), one ? "is" : "are",
                                  one ? "it" : "them"));
  }
  return remarks;
}

}  // namespace quantrail
