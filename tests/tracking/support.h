#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include "tracking/answers.h"
#include "tracking/lease.h"
#include "tracking/recorder.h"
#include "tracking/requests.h"
#include "tracking/runs.h"
#include "tracking/statement.h"
#include "tracking/store.h"

namespace quantrail::tracking {

inline const double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A folder that is gone with the test.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "quantrail-tracking-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A user without rights, while this object lives; only root can become one.
class Nobody {
 public:
  Nobody() : became_(::seteuid(65534) == 0) {}
  ~Nobody() {
    if (became_ && ::seteuid(0) != 0) std::abort();
  }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;

 private:
  bool became_;
};

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

template <class T>
testing::AssertionResult fails_with(const Result<T>& result, Cause cause, const std::string& part) {
  if (result) return testing::AssertionFailure() << "succeeded";
  if (result.error().cause == cause && result.error().message.find(part) != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "cause " << static_cast<int>(result.error().cause) << ": "
                                     << result.error().message;
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline Store new_store(const TempFolder& folder, StoreOptions options = {}) {
  return must(Store::open(folder.path() / "store", Store::Mode::Create, std::move(options)));
}

inline Digest digest_of(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

inline RunSpec spec_named(const std::string& name) {
  return {.name = name,
          .config_json = R"({"model":{"name":"net"}})",
          .model_name = "net",
          .model_path = "/models/net.onnx",
          .model_hash = digest_of("net")};
}

inline std::int64_t new_run(const Store& store, const std::string& name = "first") {
  return must(must(Runs::open(store)).create(spec_named(name))).id;
}

inline std::unique_ptr<Lease> own(const Store& store, std::int64_t run) {
  return must(Lease::acquire(store, run, {.environment_json = R"({"isa":"amx"})", .log_path = "/logs/1.log"}));
}

/// Requests without an answer.
inline std::vector<Request> pending(const Store& store, std::int64_t run) {
  auto database = must(store.connect());
  return must(pending_requests(database, run));
}

inline Baseline sample_baseline() {
  return {.metrics = {{"top1", 0.75}, {"top5", 0.9}}, .limits = {{"top1", 0.01}}, .optimised = "top1"};
}

inline IterationRecord sample_iteration(std::int64_t index, double drop = 0.05) {
  IterationRecord record{.index = index,
                         .kind = index == 0 ? IterationKind::Quantized : IterationKind::Revert,
                         .metrics = {{"top1", 0.75 - drop}, {"top5", kNaN}},
                         .drops = {{"top1", drop}, {"top5", kNaN}},
                         .drop = drop,
                         .accepted = index != 1,
                         .int8_macs_share = 1.0 / 3.0,
                         .size_bytes = 123'456,
                         .snapshot_hash = digest_of("snapshot" + std::to_string(index)),
                         .quantization = digest_of("quantization"),
                         .float_in_onnxruntime = {"relu"},
                         .seconds = 0.1};
  for (std::int64_t i = 0; i < index; ++i) {
    record.reverted_layers.push_back("conv" + std::to_string(i));
    record.reverted_groups.push_back("group" + std::to_string(i));
  }
  if (index > 0) record.changed_layers = {record.reverted_layers.back()};
  return record;
}

inline RankingRecord sample_ranking(std::int64_t index) {
  return {
      .index = index,
      .after_iteration = 0,
      .metric = "top1",
      .subset_size = 300,
      .scores = {
          {.group = "a", .layers = {"conv1", "conv2"}, .score = 0.7, .distance = 0.1, .float_macs = 1'000'000'000'000},
          {.group = "b", .layers = {}, .score = kNaN, .distance = kNaN, .float_macs = 0}}};
}

}  // namespace quantrail::tracking
