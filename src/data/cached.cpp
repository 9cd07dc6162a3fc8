#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "data/dataset.h"

namespace quantrail {
namespace {

class CachedDataset final : public Dataset {
 public:
  CachedDataset(std::shared_ptr<const Dataset> inner, std::size_t max_bytes)
      : inner_(std::move(inner)), max_bytes_(max_bytes), kept_(inner_->size()) {}

  [[nodiscard]] std::size_t size() const override { return inner_->size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inner_->inputs(); }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override { return inner_->truth(index); }
  [[nodiscard]] std::string describe(std::size_t index) const override { return inner_->describe(index); }
  [[nodiscard]] std::vector<std::string> notes() const override { return inner_->notes(); }
  [[nodiscard]] Digest fingerprint() const override { return inner_->fingerprint(); }

  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    if (const auto kept = find(index)) {
      const std::byte* from = kept->data();
      for (const auto& buffer : buffers) {
        std::copy_n(from, buffer.size(), buffer.begin());
        from += buffer.size();
      }
      return {};
    }
    if (const auto read = inner_->read(index, buffers); !read) return failed(read);
    keep(index, buffers);
    return {};
  }

 private:
  using Bytes = std::shared_ptr<const std::vector<std::byte>>;

  Bytes find(std::size_t index) const {
    const std::shared_lock lock(guard_);
    return kept_[index];
  }

  /// Another thread may have kept the same sample meanwhile: it is counted once.
  void keep(std::size_t index, std::span<const std::span<std::byte>> buffers) const {
    std::size_t bytes = 0;
    for (const auto& buffer : buffers) bytes += buffer.size();
    {
      const std::scoped_lock lock(guard_);
      if (kept_[index] || reserved_ + bytes > max_bytes_) return;
      reserved_ += bytes;
    }
    auto copy = std::make_shared<std::vector<std::byte>>();
    copy->reserve(bytes);
    for (const auto& buffer : buffers) copy->insert(copy->end(), buffer.begin(), buffer.end());
    const std::scoped_lock lock(guard_);
    if (kept_[index])
      reserved_ -= bytes;
    else
      kept_[index] = std::move(copy);
  }

  std::shared_ptr<const Dataset> inner_;
  std::size_t max_bytes_;
  mutable std::shared_mutex guard_;
  mutable std::vector<Bytes> kept_;
  mutable std::size_t reserved_ = 0;
};

}  // namespace

std::shared_ptr<const Dataset> cached(std::shared_ptr<const Dataset> inner, std::size_t max_bytes) {
  return std::make_shared<CachedDataset>(std::move(inner), max_bytes);
}

}  // namespace quantrail
