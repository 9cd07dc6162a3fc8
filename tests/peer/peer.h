#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail::testing {

/// Why real ONNX Runtime cannot be asked here; empty when it can.
[[nodiscard]] std::string missing_peer();

/// Runs a script of Node.js that talks to ONNX Runtime. Errors: Backend, with what it printed.
[[nodiscard]] Status run_script(const std::string& script, const std::vector<std::string>& arguments);

/// One node of the graph that ONNX Runtime made of a model.
struct PeerNode {
  std::string name{};
  std::string op{};
  std::vector<std::string> inputs{};
  std::vector<std::string> outputs{};
};

struct PeerRun {
  std::string model{};  ///< the file that ONNX Runtime wrote of the optimised graph
  std::vector<PeerNode> nodes{};
  std::vector<float> optimized{};  ///< the first output, of that graph
  std::vector<float> deployed{};   ///< the same with layouts changed as well, which is the default
  std::vector<float> disabled{};   ///< the same with all optimisation off
  std::vector<float> plain{};      ///< of the defaults alone, with kernels that may saturate; the others' are exact
};

/// Runs the ONNX file `model` on `input` (the only input, float32) in ONNX Runtime.
[[nodiscard]] Result<PeerRun> run_in_peer(const std::string& model, const Tensor& input);

}  // namespace quantrail::testing
