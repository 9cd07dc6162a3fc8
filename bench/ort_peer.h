#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "batch.h"

namespace quantrail::bench {

/// Real ONNX Runtime, in a child process of Node.js that runs ort_peer.cjs. Finds the package onnxruntime-node through
/// NODE_PATH, or where QUANTRAIL_ORT points. Networks whose first output is float32. The child ends with this.
class OrtPeer {
 public:
  /// `scratch`: an existing folder for the arrays that are exchanged.
  /// Errors: Backend when Node.js or the package is missing, with what was said.
  [[nodiscard]] static Result<OrtPeer> started(const std::filesystem::path& script,
                                               const std::filesystem::path& scratch);
  ~OrtPeer();
  OrtPeer(OrtPeer&&) noexcept;
  OrtPeer& operator=(OrtPeer&&) noexcept;

  [[nodiscard]] const std::string& version() const { return version_; }
  /// Makes a session, all optimisations on, `threads` threads inside operators; the milliseconds that it took.
  [[nodiscard]] Result<double> load(const std::filesystem::path& model, std::size_t threads);
  /// Writes the graph that a session makes of `model`, before layouts are changed for this CPU.
  [[nodiscard]] Status optimise(const std::filesystem::path& model, const std::filesystem::path& optimised);
  /// What later runs read.
  [[nodiscard]] Status set_input(const Batch& batch);
  /// Milliseconds of each of `times` runs one behind the other, taken around the call in the child.
  [[nodiscard]] Result<std::vector<double>> run(std::size_t times);
  struct Output {
    Shape shape{};
    std::vector<float> values{};
  };
  /// First result of the last run.
  [[nodiscard]] Result<Output> output();
  /// Keeps what set_input() set, behind what was kept before.
  [[nodiscard]] Status keep_input();
  struct Classes {
    double ms = 0.0;                      ///< of all runs, taken around the calls in the child
    std::vector<std::int64_t> highest{};  ///< by sample: position of the highest score in the first result
  };
  /// Runs each of the kept inputs once.
  [[nodiscard]] Result<Classes> run_kept();
  [[nodiscard]] Status forget_kept();
  /// The most memory that the child ever had, in MiB.
  [[nodiscard]] Result<double> peak_mib();

 private:
  struct Child;
  OrtPeer(std::unique_ptr<Child> child, std::filesystem::path scratch);
  std::unique_ptr<Child> child_;
  std::filesystem::path scratch_;
  std::string version_{};
};

}  // namespace quantrail::bench
