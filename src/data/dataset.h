#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "model/tensor.h"
#include "model/truth.h"

namespace quantrail {

/// One input of the network as samples provide it: element type and shape without the batch axis, or with one of a
/// single sample. Where the network takes whole samples (see takes_whole_samples()) as it declares it.
struct SampleInput {
  std::string name{};  ///< graph input; "" when the data has one array and the network one input
  ElementType type = ElementType::Float32;
  Shape shape{};
  bool operator==(const SampleInput&) const = default;
};

/// Preprocessed samples with labels, addressed by position. Implementations are immutable and thread-safe.
class Dataset {
 public:
  virtual ~Dataset() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual const std::vector<SampleInput>& inputs() const = 0;
  /// Fills one buffer per inputs() entry with sample `index`, preprocessed, row-major.
  /// Errors: InvalidInput (file gone, not an image, ...), naming the file and its line in the list.
  [[nodiscard]] virtual Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const = 0;
  /// Errors: as read().
  [[nodiscard]] virtual Result<Truth> truth(std::size_t index) const = 0;
  /// How a message names sample `index`: file and line, or array and row.
  [[nodiscard]] virtual std::string describe(std::size_t index) const = 0;
  /// What a person should know of how labels were told, one sentence each.
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
  /// Content hash of everything that the samples are made from: file contents, truths, order, preprocessing.
  [[nodiscard]] virtual Digest fingerprint() const = 0;
};

/// `inner`, keeping preprocessed samples in memory up to `max_bytes` (first read, first kept). Thread-safe.
[[nodiscard]] std::shared_ptr<const Dataset> cached(std::shared_ptr<const Dataset> inner, std::size_t max_bytes);

}  // namespace quantrail
