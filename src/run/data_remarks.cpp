#include "run/data_remarks.h"

#include "base/text.h"

namespace quantrail {

namespace {

void remark(std::vector<std::string>& remarks, const Statistics& learned, const char* what, const std::string& name) {
  const auto found = learned.values.find(name);
  if (found == learned.values.end() || found->second.not_finite == 0) return;
  const bool one = found->second.not_finite == 1;
  remarks.push_back(fmt::format("calibration: {} element{} of {} \"{}\" {} NaN or infinite; ranges leave {} out",
                                found->second.not_finite, one ? "" : "s", what, printable(name), one ? "is" : "are",
                                one ? "it" : "them"));
}

}  // namespace

std::vector<std::string> data_remarks(const Graph& graph, const Statistics& learned) {
  std::vector<std::string> remarks;
  for (const auto& input : graph.inputs) remark(remarks, learned, "input", input.name);
  for (const auto& node : graph.nodes) {
    for (const auto& output : node.outputs) {
      if (remarks.empty()) remark(remarks, learned, "value", output);
    }
  }
  return remarks;
}

}  // namespace quantrail
