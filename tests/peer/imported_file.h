#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/graph.h"

namespace quantrail::testing {

/// How a test's graph becomes a file of another tool.
struct FileForm {
  std::int64_t opset = 13;
  std::int64_t ir_version = 8;
  std::vector<std::string> foreign{};  ///< operators that go to the domain com.microsoft
};

[[nodiscard]] std::string file_of(const Graph& graph, const FileForm& form = {});

/// The canonical graph of an ONNX file with these bytes.
[[nodiscard]] Result<Graph> loaded(const std::string& bytes);

/// What our runtime computes of it for its only input.
[[nodiscard]] Result<std::vector<float>> run_file(const std::string& bytes, const Tensor& input);

}  // namespace quantrail::testing
