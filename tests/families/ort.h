#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "families/family.h"

namespace quantrail::testing {

/// A graph output of one run, by name.
struct Output {
  std::string name{};
  Tensor value{};
};
using Outputs = std::vector<Output>;

/// One model at one of ONNX Runtime's levels of optimisation: "disabled", "extended" or "all".
struct OrtModel {
  std::filesystem::path model{};
  std::string level{};
  std::filesystem::path optimised{};  ///< where the graph that it made of the model goes; empty: nowhere
};

/// Runs every model on every set of inputs in real ONNX Runtime, in one process; by model, then by set.
/// Errors: Backend, with what ONNX Runtime says.
[[nodiscard]] Result<std::vector<std::vector<Outputs>>> run_in_ort(const std::vector<OrtModel>& models,
                                                                   const std::vector<Inputs>& sets);

}  // namespace quantrail::testing
