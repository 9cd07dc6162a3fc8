#pragma once

#include <string>
#include <vector>

#include "app/iteration_model.h"
#include "export/fusion.h"

namespace quantrail::app {

/// What the runtime of a profile computes in float of an iteration, and of how many layers.
struct Fusion {
  std::vector<FloatOperator> operators{};
  std::size_t layers = 0;
};
[[nodiscard]] Fusion fusion_of(const IterationModel& model, ExportProfile profile);

/// "float in ONNX Runtime: 2 of 24 layers (conv1, conv2), 3 operators between layers"
[[nodiscard]] std::string fusion_summary(const Fusion& fusion, ExportProfile profile);

/// `inspect RUN[@IT] --fusion`: prints the table and returns the exit code.
[[nodiscard]] int inspect_fusion(const Options& options, const InspectCommand& command);

}  // namespace quantrail::app
