#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "child_run.h"
#include "measurements.h"
#include "runtime/plan.h"
#include "scratch_folder.h"

namespace quantrail::bench {
namespace {

struct Options {
  std::vector<std::string> networks{};
  std::vector<std::string> forms{"float", "int8", "imported"};
  std::vector<std::string> measures{"speed", "vnni", "scaling", "building", "memory"};
  std::vector<std::size_t> threads{1, 2};
  std::vector<std::size_t> batches{1, 8};
  std::size_t rounds = 15;
  bool quick = false;
  std::string json{};
  std::string folder{};  ///< prepared networks of the process that started this one
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Session {
 public:
  Session(const Options& options, std::optional<OrtPeer> peer, const ScratchFolder& scratch)
      : options_(options), peer_(std::move(peer)), scratch_(scratch) {}

  Status run(const Network& network) {
    const auto made = options_.folder.empty() ? prepared(network, scratch_.path()) : reopened(network, options_.folder);
    if (!made) return failed(made, std::string(network.name));
    for (const Form& form : forms_of(*made)) {
      if (!contains(options_.forms, form.name)) continue;
      const Subject subject{{peer_, options_.quick ? 5 : options_.rounds, options_.quick ? 50.0 : 150.0}, *made};
      if (auto done = measure(subject, form); !done) return done;
    }
    return {};
  }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  [[nodiscard]] bool wants(std::string_view measure) const { return contains(options_.measures, measure); }

  Status measure(const Subject& subject, const Form& form) {
    if (wants("own_memory")) return own_memory(subject, form);
    if (auto same = check_answers(subject, form); !same) return same;
    print_header();
    if (wants("speed")) {
      if (auto done = speed(subject, form); !done) return done;
    }
    if (wants("vnni")) {
      if (auto done = without_amx(subject, form); !done) return done;
    }
    if (wants("scaling")) {
      if (auto done = take(measured_scaling(subject, form)); !done) return done;
    }
    if (wants("building")) {
      if (auto done = take(measured_building(subject, form)); !done) return done;
    }
    return wants("memory") ? memory(subject, form) : Status{};
  }

  Status take(Result<std::vector<Row>> rows) {
    if (!rows) return failed(rows);
    for (auto& row : *rows) {
      print(row);
      rows_.push_back(std::move(row));
    }
    return {};
  }

  Status speed(const Subject& subject, const Form& form) {
    for (const std::size_t batch : options_.batches) {
      for (const std::size_t threads : options_.threads) {
        auto row = measured_speed(subject, form, batch, threads);
        if (!row) return failed(row);
        if (auto done = take(std::vector{*row}); !done) return done;
      }
    }
    return {};
  }

  /// Arguments for a child that looks at the same network and form.
  [[nodiscard]] std::vector<std::string> child(const Subject& subject, const Form& form, std::string measure) const {
    return {"--measure", std::move(measure),
            "--network", std::string(subject.network.network->name),
            "--form",    form.name,
            "--folder",  options_.folder.empty() ? scratch_.path().string() : options_.folder};
  }

  /// What processors without AMX would see; for information.
  Status without_amx(const Subject& subject, const Form& form) {
    auto arguments = child(subject, form, "speed");
    arguments.insert(arguments.end(), {"--rounds", std::to_string(subject.rounds), "--threads", "1"});
    auto rows = rows_of_child(arguments, {"ONEDNN_MAX_CPU_ISA=AVX512_CORE_VNNI"}, scratch_.path());
    if (!rows) return failed(rows);
    for (Row& row : *rows) {
      row.name += ", no AMX";
      row.goal.reset();
    }
    return take(std::move(rows));
  }

  Status memory(const Subject& subject, const Form& form) {
    for (const std::size_t batch : options_.batches) {
      auto arguments = child(subject, form, "own_memory");
      arguments.insert(arguments.end(), {"--batch", std::to_string(batch)});
      auto rows = rows_of_child(arguments, {}, scratch_.path());
      if (!rows) return failed(rows);
      Row row;
      row.ours = rows->at(0).ours;
      if (peer_) {
        const auto peer = peer_memory(subject.network, form, batch, scratch_.path());
        if (!peer) return failed(peer);
        row = paired("", {row.ours}, {*peer});
      }
      row.name = case_name(subject, form, fmt::format("batch {}, peak memory", batch));
      row.unit = "MiB";
      if (auto done = take(std::vector{row}); !done) return done;
    }
    return {};
  }

  Status own_memory(const Subject& subject, const Form& form) {
    auto row = measured_own_memory(subject.network, form, options_.batches.front());
    if (!row) return failed(row);
    return take(std::vector{*row});
  }

  const Options& options_;
  std::optional<OrtPeer> peer_;
  const ScratchFolder& scratch_;
  std::vector<Row> rows_{};
};

std::optional<OrtPeer> started_peer(const ScratchFolder& scratch) {
  auto started = OrtPeer::started(QUANTRAIL_BENCH_SCRIPTS "/ort_peer.cjs", scratch.path());
  const RuntimeInfo info = runtime_info();
  if (!started) fmt::print("no comparison: {}\n", started.error().message);
  fmt::print("ours: {} ({}); peer: {}\n", info.backend, info.isa,
             started ? "ONNX Runtime " + started->version() : std::string("none"));
  if (!started) return std::nullopt;
  return std::move(*started);
}

Status run(const Options& options) {
  const ScratchFolder scratch;
  Session session(options, contains(options.measures, "own_memory") ? std::nullopt : started_peer(scratch), scratch);
  fmt::print("times in milliseconds per sample, medians of interleaved rounds; ratio above 1: ours is better\n");
  for (const Network& network : known_networks()) {
    if (!options.networks.empty() && !contains(options.networks, network.name)) continue;
    if (auto done = session.run(network); !done) return done;
  }
  if (!options.json.empty()) return write_json(options.json, "runtime", session.rows());
  return {};
}

}  // namespace
}  // namespace quantrail::bench

int main(int argc, char** argv) {
  quantrail::bench::Options options;
  CLI::App app{
      "End-to-end inference of known networks, float, int8 and int8 read from the file, against real ONNX Runtime on "
      "the same files. Needs "
      "Node.js and onnxruntime-node (NODE_PATH or QUANTRAIL_ORT) for the comparison."};
  std::vector<std::string> names;
  for (const auto& network : quantrail::bench::known_networks()) names.emplace_back(network.name);
  app.add_option("--network", options.networks, "Only these networks")->delimiter(',')->check(CLI::IsMember(names));
  app.add_option("--form", options.forms, "Only these forms")
      ->delimiter(',')
      ->check(CLI::IsMember({"float", "int8", "imported"}));
  app.add_option("--measure", options.measures,
                 "Any of speed, vnni (speed without AMX), scaling, building (plans), memory")
      ->delimiter(',')
      ->check(CLI::IsMember({"speed", "vnni", "scaling", "building", "memory", "own_memory"}));
  app.add_option("--threads", options.threads, "Threads; they share samples, or a single sample's operators")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--batch", options.batches, "Samples per run")
      ->delimiter(',')
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "Interleaved rounds")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_flag("--quick", options.quick, "Few and short rounds");
  app.add_option("--json", options.json, "Also write the table to this file");
  app.add_option("--folder", options.folder, "Networks that another process prepared")->group("");
  CLI11_PARSE(app, argc, argv);
  const auto done = quantrail::bench::run(options);
  if (done) return 0;
  fmt::print(stderr, "quantrail_bench_runtime: {}\n", done.error().message);
  return 1;
}
