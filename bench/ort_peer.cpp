#include "ort_peer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runtime/plan.h"

extern char** environ;

namespace quantrail::bench {

using Json = nlohmann::json;

/// Owns the process and both ends of the conversation: one JSON document a line, a question and its answer.
struct OrtPeer::Child {
  pid_t pid = -1;
  std::FILE* questions = nullptr;
  std::FILE* answers = nullptr;

  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (questions != nullptr) std::fclose(questions);  // the child leaves at the end of its input
    if (answers != nullptr) std::fclose(answers);
    if (pid > 0) waitpid(pid, nullptr, 0);
  }

  [[nodiscard]] Result<Json> answer() const {
    std::string line;
    for (int c = std::fgetc(answers); c != EOF && c != '\n'; c = std::fgetc(answers)) line += static_cast<char>(c);
    Json parsed = Json::parse(line, nullptr, false);
    if (!parsed.is_object()) return fail(Cause::Backend, "ONNX Runtime's process ended or said \"{}\"", line);
    if (parsed.contains("error")) return fail(Cause::Backend, "{}", parsed["error"].get<std::string>());
    return parsed;
  }
  [[nodiscard]] Result<Json> ask(const Json& question) const {
    const std::string line = question.dump() + "\n";
    std::fwrite(line.data(), 1, line.size(), questions);
    std::fflush(questions);
    return answer();
  }
};

namespace {

/// argv[0] with its standard input and output on the two returned pipe ends.
bool spawn(std::array<const char*, 3> argv, pid_t& pid, int& to_child, int& from_child) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0) return false;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, const_cast<char**>(argv.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  to_child = in[1];
  from_child = out[0];
  if (failed == 0) return true;
  close(to_child);
  close(from_child);
  return false;
}

Status without_answer(const Result<Json>& answer) {
  if (!answer) return failed(answer);
  return {};
}

}  // namespace

OrtPeer::OrtPeer(std::unique_ptr<Child> child, std::filesystem::path scratch)
    : child_(std::move(child)), scratch_(std::move(scratch)) {}
OrtPeer::~OrtPeer() = default;
OrtPeer::OrtPeer(OrtPeer&&) noexcept = default;
OrtPeer& OrtPeer::operator=(OrtPeer&&) noexcept = default;

Result<OrtPeer> OrtPeer::started(const std::filesystem::path& script, const std::filesystem::path& scratch) {
  std::signal(SIGPIPE, SIG_IGN);  // a child that died is an error value
  // Where its faster kernels saturate they are another network's, which shows in the answers and in accuracy.
  if (!runtime_info().int8_exact) setenv("QUANTRAIL_PEER_EXACT", "1", 0);  // NOLINT(concurrency-mt-unsafe)
  auto child = std::make_unique<Child>();
  int to_child = -1;
  int from_child = -1;
  if (!spawn({"node", script.c_str(), nullptr}, child->pid, to_child, from_child)) {
    return fail(Cause::Backend, "cannot start node: is Node.js installed?");
  }
  child->questions = fdopen(to_child, "w");
  child->answers = fdopen(from_child, "r");
  OrtPeer peer(std::move(child), scratch);
  const auto hello = peer.child_->answer();
  if (!hello) return failed(hello);
  peer.version_ = hello->at("version").get<std::string>();
  return peer;
}

Result<double> OrtPeer::load(const std::filesystem::path& model, std::size_t threads) {
  const auto answer = child_->ask({{"do", "load"}, {"model", model.string()}, {"threads", threads}});
  if (!answer) return failed(answer);
  return answer->at("ms").get<double>();
}

Status OrtPeer::optimise(const std::filesystem::path& model, const std::filesystem::path& optimised) {
  return without_answer(
      child_->ask({{"do", "optimise"}, {"model", model.string()}, {"optimised", optimised.string()}}));
}

Status OrtPeer::set_input(const Batch& batch) {
  auto arrays = Json::array();
  for (const auto& input : batch.inputs) {
    const auto file = scratch_ / ("input" + std::to_string(arrays.size()));
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(input.bytes.data()), static_cast<std::streamsize>(input.bytes.size()));
    Shape shape = input.declared.shape;
    shape.insert(shape.begin(), static_cast<std::int64_t>(batch.samples));
    arrays.push_back({{"name", input.declared.name},
                      {"type", name_of(input.declared.type)},
                      {"file", file.string()},
                      {"shape", shape}});
  }
  return without_answer(child_->ask({{"do", "input"}, {"arrays", arrays}}));
}

Result<std::vector<double>> OrtPeer::run(std::size_t times) {
  const auto answer = child_->ask({{"do", "run"}, {"times", times}});
  if (!answer) return failed(answer);
  return answer->at("ms").get<std::vector<double>>();
}

Result<OrtPeer::Output> OrtPeer::output() {
  const auto file = scratch_ / "output.f32";
  const auto answer = child_->ask({{"do", "output"}, {"file", file.string()}});
  if (!answer) return failed(answer);
  Output output{answer->at("shape").get<Shape>(), std::vector<float>(std::filesystem::file_size(file) / sizeof(float))};
  auto& values = output.values;
  std::ifstream(file, std::ios::binary)
      .read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
  return output;
}

Status OrtPeer::keep_input() { return without_answer(child_->ask({{"do", "keep"}})); }

Status OrtPeer::forget_kept() { return without_answer(child_->ask({{"do", "forget_kept"}})); }

Result<OrtPeer::Classes> OrtPeer::run_kept() {
  const auto answer = child_->ask({{"do", "run_kept"}});
  if (!answer) return failed(answer);
  return Classes{answer->at("ms").get<double>(), answer->at("classes").get<std::vector<std::int64_t>>()};
}

Result<double> OrtPeer::peak_mib() {
  const auto answer = child_->ask({{"do", "memory"}});
  if (!answer) return failed(answer);
  return answer->at("peak_kib").get<double>() / 1024.0;
}

}  // namespace quantrail::bench
