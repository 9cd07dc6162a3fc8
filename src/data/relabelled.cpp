#include "data/relabelled.h"

#include <cassert>
#include <utility>

namespace quantrail {
namespace {

class Relabelled final : public Dataset {
 public:
  Relabelled(std::shared_ptr<const Dataset> inner, std::vector<std::size_t> samples, std::vector<std::int64_t> labels)
      : inner_(std::move(inner)), samples_(std::move(samples)), labels_(std::move(labels)) {
    assert(samples_.size() == labels_.size());
    Hasher hasher;
    hasher.add("relabelled").add(inner_->fingerprint()).add(static_cast<std::int64_t>(samples_.size()));
    for (std::size_t at = 0; at < samples_.size(); ++at)
      hasher.add(static_cast<std::int64_t>(samples_[at])).add(labels_[at]);
    fingerprint_ = hasher.finish();
  }

  [[nodiscard]] std::size_t size() const override { return samples_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inner_->inputs(); }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    return inner_->read(samples_[index], buffers);
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override { return Truth{.label = labels_[index]}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return inner_->describe(samples_[index]); }
  [[nodiscard]] Digest fingerprint() const override { return fingerprint_; }

 private:
  std::shared_ptr<const Dataset> inner_;
  std::vector<std::size_t> samples_;
  std::vector<std::int64_t> labels_;
  Digest fingerprint_{};
};

}  // namespace

std::shared_ptr<const Dataset> relabelled(std::shared_ptr<const Dataset> inner, std::vector<std::size_t> samples,
                                          std::vector<std::int64_t> labels) {
  return std::make_shared<Relabelled>(std::move(inner), std::move(samples), std::move(labels));
}

}  // namespace quantrail
