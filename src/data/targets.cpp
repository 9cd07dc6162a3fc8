#include "data/targets.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "data/digests.h"
#include "data/npz.h"

namespace quantrail {
namespace {

class Targeted final : public Dataset {
 public:
  Targeted(std::shared_ptr<const Dataset> inner, NpyArray targets, const Digest& fingerprint)
      : inner_(std::move(inner)), targets_(std::move(targets)), fingerprint_(fingerprint) {}

  [[nodiscard]] std::size_t size() const override { return inner_->size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inner_->inputs(); }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    return inner_->read(index, buffers);
  }
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override {
    auto truth = inner_->truth(index);
    if (!truth) return truth;
    Tensor row = Tensor::zeros(targets_.type().value(), targets_.row_shape());
    if (auto read = targets_.read_row(index, row.bytes); !read) return failed(read);
    truth->target = std::make_shared<const Tensor>(std::move(row));
    return truth;
  }
  [[nodiscard]] std::string describe(std::size_t index) const override { return inner_->describe(index); }
  [[nodiscard]] Digest fingerprint() const override { return fingerprint_; }

 private:
  std::shared_ptr<const Dataset> inner_;
  NpyArray targets_;
  Digest fingerprint_;
};

Result<NpyArray> targets_of(const DataSpec& spec) {
  if (spec.targets_array.empty()) return open_npy(spec.targets);
  auto arrays = open_npz(spec.path);
  if (!arrays) return failed(arrays);
  const auto found = arrays->find(spec.targets_array);
  if (found != arrays->end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, array] : *arrays) names.push_back(printable(name));
  return fail(Cause::InvalidInput, "{}: there is no array \"{}\"{}; it holds {}", spec.path.string(),
              printable(spec.targets_array), did_you_mean(spec.targets_array, names), joined(names, ", "));
}

}  // namespace

Result<std::shared_ptr<const Dataset>> with_targets(std::shared_ptr<const Dataset> inner, const DataSpec& spec,
                                                    const OpenOptions& options) {
  if (spec.targets.empty() && spec.targets_array.empty()) return inner;
  auto array = targets_of(spec);
  if (!array) return failed(array);
  const bool enough = spec.limit > 0 ? array->rows() >= inner->size() : array->rows() == inner->size();
  if (!enough)
    return fail(Cause::InvalidInput, "{} has {} targets, there are {} samples", array->name, array->rows(),
                inner->size());
  const std::array files{spec.targets_array.empty() ? spec.targets : spec.path};
  return with_target_rows(std::move(inner), std::move(*array), files, options, spec.targets_array);
}

Result<std::shared_ptr<const Dataset>> with_target_rows(std::shared_ptr<const Dataset> inner, NpyArray targets,
                                                        std::span<const std::filesystem::path> files,
                                                        const OpenOptions& options, const std::string& entry) {
  const auto digests = file_digests(files, options);
  if (!digests) return failed(digests);
  Hasher hasher;
  hasher.add("targets").add(inner->fingerprint());
  for (const auto& digest : *digests) hasher.add(digest);
  hasher.add(entry);
  return std::make_shared<Targeted>(std::move(inner), std::move(targets), hasher.finish());
}

}  // namespace quantrail
