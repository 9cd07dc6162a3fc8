#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "base/parallel.h"
#include "calibration_memory.h"
#include "child_run.h"
#include "quality.h"
#include "runtime/plan.h"
#include "scratch_folder.h"

namespace quantrail::bench {
namespace {

constexpr double kMostCalibrationMib = 200.0;

struct Options {
  std::vector<std::string> configs{};
  std::vector<std::string> cases{};
  std::vector<std::string> measures{"quality", "memory"};
  std::vector<std::size_t> samples{300, 3000};
  std::size_t rounds = 9;
  bool no_times = false;
  std::string json{};
  std::string own_memory{};  ///< a network whose calibration this very process is to do
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// All that one process measures.
class Session {
 public:
  explicit Session(const Options& options) : options_(options) {}

  Status run() {
    if (!options_.own_memory.empty()) return own_memory();
    if (contains(options_.measures, "quality") && !options_.configs.empty()) {
      start_peer();
      print_quality_header();
      for (const auto& config : options_.configs) {
        if (auto done = quality(config); !done) return failed(done, config);
      }
      fmt::print(
          "* int8 layers that ONNX Runtime computes in float. Times: one sample, one thread, medians of {} rounds; "
          "ratio: ORT's int8 time over ours; vs float: ORT's float time over our int8 time.\n",
          options_.rounds);
    }
    if (contains(options_.measures, "memory")) {
      if (auto done = memory(); !done) return done;
    }
    return {};
  }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  void start_peer() {
    auto started = OrtPeer::started(QUANTRAIL_BENCH_SCRIPTS "/ort_peer.cjs", scratch_.path());
    const RuntimeInfo info = runtime_info();
    if (!started) fmt::print("no comparison: {}\n", started.error().message);
    fmt::print("ours: {} ({}); peer: {}\n", info.backend, info.isa,
               started ? "ONNX Runtime " + started->version() : std::string("none"));
    if (started) peer_ = std::move(*started);
  }

  Status quality(const std::string& config) {
    const QualityOptions how{{peer_, options_.rounds, 80.0}, !options_.no_times};
    MemoryStore answers;
    std::optional<Quality> in_float;
    for (const auto& one : quantization_cases()) {
      if (!options_.cases.empty() && !contains(options_.cases, one.name)) continue;
      const auto network = quantized_network(config, one, answers, scratch_.path());
      if (!network) return failed(network, one.name);
      if (!in_float) {
        auto measured = float_quality(*network, how);
        if (!measured) return failed(measured);
        in_float = std::move(*measured);
        take(*in_float);
      }
      const auto int8 = int8_quality(*network, one.name, *in_float, how);
      if (!int8) return failed(int8, one.name);
      take(*int8);
      for (const auto& note : network->notes) {
        if (note.starts_with("auto: chose")) fmt::print("  {}\n", note);
      }
    }
    return {};
  }

  void take(const Quality& quality) {
    print(quality);
    for (auto& row : rows_of(quality)) rows_.push_back(std::move(row));
  }

  Status memory() {
    print_header();
    for (const Network& network : known_networks()) {
      for (const std::size_t samples : options_.samples) {
        auto rows = rows_of_child({"--own-memory", std::string(network.name), "--samples", std::to_string(samples)}, {},
                                  scratch_.path());
        if (!rows) return failed(rows, std::string(network.name));
        const bool met = rows->at(0).ours <= kMostCalibrationMib;
        print(rows->at(0));
        if (!met) fmt::print("  more than {:.0f} MiB\n", kMostCalibrationMib);
        rows_.push_back(std::move(rows->at(0)));
      }
    }
    return {};
  }

  Status own_memory() {
    for (const Network& network : known_networks()) {
      if (network.name != options_.own_memory) continue;
      auto row = measured_calibration_memory(network, options_.samples.front(), default_threads());
      if (!row) return failed(row);
      rows_.push_back(std::move(*row));
    }
    return {};
  }

  const Options& options_;
  const ScratchFolder scratch_{};
  std::optional<OrtPeer> peer_{};
  std::vector<Row> rows_{};
};

Status run(const Options& options) {
  Session session(options);
  if (auto done = session.run(); !done) return done;
  if (options.json.empty()) return {};
  return write_json(options.json, "quantization", session.rows());
}

}  // namespace
}  // namespace quantrail::bench

int main(int argc, char** argv) {
  quantrail::bench::Options options;
  CLI::App app{
      "What quantization does to networks: of each configuration, in float and quantized in several ways, the metric "
      "here and in real ONNX Runtime, size and time; and how much memory calibration takes. Needs Node.js and "
      "onnxruntime-node (NODE_PATH or QUANTRAIL_ORT) for the comparison."};
  std::vector<std::string> names;
  for (const auto& one : quantrail::bench::quantization_cases()) names.push_back(one.name);
  app.add_option("configs", options.configs, "Configuration files, with calibration and labelled validation data")
      ->check(CLI::ExistingFile);
  app.add_option("--case", options.cases, "Only these ways to quantize")
      ->delimiter(';')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names));
  app.add_option("--measure", options.measures, "Any of quality, memory")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"quality", "memory"}))
      ->capture_default_str();
  app.add_option("--samples", options.samples, "Numbers of samples that calibration memory is measured with")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Interleaved rounds")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_flag("--no-times", options.no_times, "Metrics and sizes only");
  app.add_option("--json", options.json, "Also write the table to this file");
  app.add_option("--own-memory", options.own_memory, "Calibrate this network in this process")->group("");
  CLI11_PARSE(app, argc, argv);
  const auto done = quantrail::bench::run(options);
  if (done) return 0;
  fmt::print(stderr, "quantrail_bench_quantization: {}\n", done.error().message);
  return 1;
}
