#include "run/data_remarks.h"

#include <algorithm>

#include "base/text.h"

namespace quantrail {

namespace {

void remark(std::vector<std::string>& remarks, const Statistics& learned, const char* what, const std::string& name) {
  const auto found = learned.values.find(name);
  if (found == learned.values.end() || found->second.not_finite == 0) return;
  const bool one = found->second.not_finite == 1;
  remarks.push_back(fmt::format(
      "calibration: {} element{} of {} \"{}\" {} NaN, infinite or beyond 1e30; ranges leave {} out",
      found->second.not_finite, one ? "" : "s", what, printable(name), one ? "is" : "are", one ? "it" : "them"));
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

std::string clipping_remark(const Quantization& quantization, const Statistics& learned) {
  constexpr double kNoteworthy = 0.01;
  double most = kNoteworthy;
  std::string worst;
  for (const auto& [value, params] : quantization.activations) {
    const auto found = learned.values.find(value);
    if (found == learned.values.end() || found->second.elements == 0) continue;
    const ValueStatistics& seen = found->second;
    const double room = 0.5 * params.scale;
    const double low = -static_cast<double>(params.zero_point) * params.scale - room;
    const double high = (255.0 - params.zero_point) * params.scale + room;
    // Of each such sample at least one element.
    const auto below = std::count_if(seen.minima.begin(), seen.minima.end(), [&](float v) { return v < low; });
    const auto above = std::count_if(seen.maxima.begin(), seen.maxima.end(), [&](float v) { return v > high; });
    const double share = static_cast<double>(below + above) / static_cast<double>(seen.samples * seen.elements);
    if (share <= most) continue;
    most = share;
    worst = value;
  }
  if (worst.empty()) return "";
  return fmt::format(
      "ranges: codes of \"{}\" ({} to a sample) end before its values do: at least {:.1f} % are clipped; "
      "aggregator "
      "\"max\" (and \"min\" for the lower end), or preset \"mse\", take in more",
      printable(worst), learned.values.find(worst)->second.elements, most * 100.0);
}

}  // namespace quantrail
