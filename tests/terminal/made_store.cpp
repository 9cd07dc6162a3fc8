#include "made_store.h"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

#include "tracking/record_rows.h"
#include "tracking/transaction.h"

namespace quantrail::testing_terminal {
namespace {

template <class Value>
Value value_of(Result<Value> value) {
  if (!value) throw std::runtime_error(value.error().message);
  return std::move(*value);
}
void done(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

/// The `index`-th step of a search that reverts a layer each time.
IterationRecord made_iteration(std::int64_t index) {
  const double gained = 0.0004 * static_cast<double>(index);
  IterationRecord it{.index = index,
                     .kind = index == 0 ? IterationKind::Quantized : IterationKind::Revert,
                     .metrics = {{"accuracy@top1", 0.7 + gained}},
                     .drops = {{"accuracy@top1", 0.05 - gained}},
                     .drop = 0.05 - gained,
                     .accepted = true,
                     .int8_macs_share = 1.0 - 0.004 * static_cast<double>(index),
                     .size_bytes = 25'000'000 + static_cast<std::uint64_t>(index) * 10'000,
                     .seconds = 12.5};
  it.snapshot_hash = it.quantization = sha256(std::as_bytes(std::span(&it.index, 1)));
  for (std::int64_t at = 0; at < index; ++at) it.reverted_layers.push_back(fmt::format("features.{}.depthwise", at));
  it.reverted_groups = it.reverted_layers;
  if (!it.reverted_layers.empty()) it.changed_layers = {it.reverted_layers.back()};
  return it;
}

Baseline made_baseline() {
  return {.metrics = {{"accuracy@top1", 0.75}}, .limits = {{"accuracy@top1", 0.01}}, .optimised = "accuracy@top1"};
}

tracking::RunSpec made_spec(std::int64_t number) {
  return {.config_json = fmt::format(R"({{"engine":{{"threads":2,"validation":{{"limit":{}}}}}}})", number),
          .model_name = "mobilenet",
          .model_path = "/models/mobilenet.onnx"};
}

}  // namespace

MadeStore::MadeStore() {
  std::string pattern = (std::filesystem::temp_directory_path() / "quantrail-screens-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  store_ = value_of(tracking::Store::open(folder_ / "store", tracking::Store::Mode::Create));
}

MadeStore::~MadeStore() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void MadeStore::add_runs(std::int64_t count, std::int64_t iterations) {
  auto runs = value_of(tracking::Runs::open(*store_));
  auto database = value_of(store_->connect());
  for (std::int64_t number = 0; number < count; ++number) {
    const auto created = value_of(runs.create(made_spec(number)));
    const auto lease = value_of(tracking::Lease::acquire(*store_, created.id, {}));
    auto transaction = value_of(tracking::Transaction::write(database));
    done(tracking::insert_baseline(database, created.id, made_baseline()));
    for (std::int64_t at = 0; at < iterations; ++at)
      done(tracking::insert_iteration(database, created.id, lease->owner().attempt, made_iteration(at),
                                      store_->now_ms()));
    done(transaction.commit());
    done(lease->release(tracking::RunState::Interrupted, "stopped by hand"));
  }
}

MadeWorker::MadeWorker(const MadeStore& store) {
  auto runs = value_of(tracking::Runs::open(store.store()));
  const auto created = value_of(runs.create(made_spec(0)));
  lease_ = value_of(tracking::Lease::acquire(store.store(), created.id, {.period = std::chrono::milliseconds(200)}));
  recorder_ = value_of(tracking::Recorder::open(store.store(), lease_->owner()));
  done(recorder_->baseline(made_baseline()));
}

void MadeWorker::iterate() { done(recorder_->iteration(made_iteration(next_++))); }

void MadeWorker::step(const std::string& text, std::int64_t reached, std::int64_t total) {
  lease_->progress().start(text, total, "samples");
  lease_->progress().advance(reached, total);
}

}  // namespace quantrail::testing_terminal
