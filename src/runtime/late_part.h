#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/infer.h"
#include "runtime/program.h"

namespace quantrail {

/// What of a network is computed once its steps have run, since its shapes depend on data. Immutable, shared by
/// threads.
struct LatePart {
  /// A value that a step leaves, row-major.
  struct Source {
    std::string value{};
    TensorType type{};
    StorageId storage = 0;
  };

  Late late{};
  std::int64_t opset = 13;
  std::vector<Source> sources{};  ///< one for each of late.reads
};

/// One thread's run of it, node by node in plain loops. Tensors live until nobody reads them any more.
class LateRun {
 public:
  LateRun(std::shared_ptr<const LatePart> part, const Bindings& at);

  /// Errors: those of interpreted(), naming the node; also where the values would take more than 1 GiB.
  [[nodiscard]] Status run();
  /// late.outputs[index]; valid until the next run.
  [[nodiscard]] const Tensor& output(std::size_t index) const;

 private:
  [[nodiscard]] const Tensor* operand(const std::string& value) const;
  [[nodiscard]] std::uint64_t bytes() const;
  void take_sources();
  void drop_after(std::size_t node);

  std::shared_ptr<const LatePart> part_;
  std::vector<std::span<const std::byte>> sources_{};
  std::vector<std::vector<std::string>> last_read_{};  ///< by node: values that nobody reads behind it
  std::map<std::string, Tensor, std::less<>> values_{};
};

}  // namespace quantrail
