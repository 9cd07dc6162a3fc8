#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "quantize/report.h"

namespace quantrail::app {

/// What `inspect --quantization` shows.
struct IterationReport {
  std::int64_t run = 0;
  std::string name{};
  std::int64_t iteration = 0;
  std::size_t available = 0;  ///< calibration samples of the run
  std::int64_t positions = 0;
  QuantizationReport report{};
};

enum class ReportOrder { Graph, Name, Sqnr, Clipped, Saturation };
/// Of "graph", "name", "sqnr", "clipped" or "saturation".
[[nodiscard]] ReportOrder report_order(std::string_view name);

/// Puts tensors and layers in `order`: the worst first, equal ones in graph order. Tensors have no saturation and keep
/// their order there.
void sort_report(QuantizationReport& report, ReportOrder order);

/// Two tables for people, in 120 columns: long names lose their beginning. Ends with a newline.
[[nodiscard]] std::string report_text(const IterationReport& report);
/// One document: run, iteration, samples, and the arrays "tensors" and "layers".
[[nodiscard]] std::string report_json(const IterationReport& report);
/// One table; "kind" says whether a line is of a tensor or a layer. What a kind does not have is empty.
[[nodiscard]] std::string report_csv(const IterationReport& report);

}  // namespace quantrail::app
