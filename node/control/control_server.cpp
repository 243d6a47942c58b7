#include "node/control/control_server.h"

#include "config/json.h"
#include "db/store/store.h"
#include "node/control/operation.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>

#include <cerrno>
#include <map>
#include <optional>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::node {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using Strand = asio::strand<asio::io_context::executor_type>;
using StrandTimer = asio::basic_waitable_timer<
    std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand>;

namespace {

constexpr std::chrono::milliseconds kAcceptRetry{500};

Operator peer_of(int socket) {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
        return {.uid = ~std::uint32_t{0}, .name = "unknown"};
    }
    Operator who{.uid = credentials.uid, .name = std::to_string(credentials.uid)};
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(who.uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        who.name = found->pw_name;
    }
    return who;
}

std::string error_line(const ControlError& error) {
    return dump_json(Json{{"ok", false}, {"code", control_code_name(error.code)}, {"error", error.text}}) +
           "\n";
}

std::string reply_line(const ControlResult& result) {
    if (!result) {
        return error_line(result.error());
    }
    Json reply{{"ok", true}};
    reply["result"] = *result;
    std::string line = dump_json(reply) + "\n";
    if (line.size() > kReplyBytesMax) {
        return error_line({ControlCode::kUsage, "the answer is too long: ask for fewer rows"});
    }
    return line;
}

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

/// Owner only, and the directory's group where an administrator opened the directory to it.
Status set_access(const std::string& path) {
    struct stat directory {};

    if (::stat(directory_of(path).c_str(), &directory) != 0) {
        return fail(Fault::kHalt, "cannot read the control socket's directory", Where::number(errno));
    }
    const bool grouped = (directory.st_mode & S_IXGRP) != 0 &&
                         ::chown(path.c_str(), static_cast<uid_t>(-1), directory.st_gid) == 0;
    if (::chmod(path.c_str(), grouped ? 0660 : 0600) != 0) {
        return fail(Fault::kHalt, "cannot set the control socket's mode", Where::number(errno));
    }
    return {};
}

}  // namespace

struct ControlServer::State : std::enable_shared_from_this<ControlServer::State> {
    class Session;

    State(asio::io_context& io, ControlParts given, ControlOptions chosen)
        : parts{std::move(given)},
          options{chosen},
          path{parts.settings.node.control_socket_path},
          strand{asio::make_strand(io)},
          acceptor{strand},
          retry{strand} {}

    Status remove_stale() const;
    Status open();
    void accept();
    void close();

    // Constant after construction.
    const ControlParts parts;
    const ControlOptions options;
    const std::string path;

    // Confined to the strand. Sessions share it: what they do there is short.
    Strand strand;
    asio::basic_socket_acceptor<Local, Strand> acceptor;
    StrandTimer retry;
    /// Not owned: a session lives in its pending handlers, so that none outlives the io_context.
    std::map<Session*, std::weak_ptr<Session>> sessions;
    bool closed = false;
};

/// One operator's connection.
class ControlServer::State::Session : public std::enable_shared_from_this<Session> {
public:
    using Socket = asio::basic_stream_socket<Local, Strand>;

    Session(Socket socket, std::shared_ptr<State> state, Operator who)
        : socket_{std::move(socket)},
          timer_{state->strand},
          state_{std::move(state)},
          who_{std::move(who)},
          buffer_{asio::dynamic_buffer(received_, kRequestBytesMax)} {}

    /// Waits without a request under one deadline, reads one under another.
    void wait() {
        if (!received_.empty()) {
            read();
            return;
        }
        expire_after(state_->options.idle_deadline);
        socket_.async_wait(
            Socket::wait_read, [self = this->shared_from_this()](const boost::system::error_code& error
                               ) { error ? self->end() : self->read(); }
        );
    }

    void end() {
        timer_.cancel();
        boost::system::error_code ignored;
        socket_.close(ignored);
        state_->sessions.erase(this);
    }

private:
    void read() {
        expire_after(state_->options.read_deadline);
        asio::async_read_until(
            socket_, buffer_, '\n',
            [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t bytes) {
                error ? self->end() : self->take(bytes);
            }
        );
    }

    void take(std::size_t bytes) {
        std::string line = received_.substr(0, bytes);
        buffer_.consume(bytes);
        timer_.cancel();
        state_->parts.run_blocking([self = this->shared_from_this(), line = std::move(line)] {
            self->reply_ = self->perform(line);
            asio::post(self->state_->strand, [self] { self->write(); });
        });
    }

    void write() {
        if (!socket_.is_open()) {
            return;
        }
        expire_after(state_->options.write_deadline);
        asio::async_write(
            socket_, asio::buffer(reply_),
            [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                error ? self->end() : self->wait();
            }
        );
    }

    void expire_after(std::chrono::milliseconds deadline) {
        timer_.expires_after(deadline);
        timer_.async_wait([self = this->shared_from_this()](const boost::system::error_code& error) {
            if (!error) {
                self->end();
            }
        });
    }

    // On run_blocking's threads, one call at a time.
    std::string perform(const std::string& line) {
        try {
            return reply_line(answer(line));
        } catch (const std::exception&) {
            return error_line({ControlCode::kInternal, "the operation failed inside the daemon"});
        }
    }

    ControlResult answer(const std::string& line) {
        const auto request = parse_json(line);
        if (!request || !request->is_object() || !request->contains("operation") ||
            !(*request)["operation"].is_string() || request->size() != 2 || !request->contains("arguments")) {
            return control_error(
                ControlCode::kUsage, "a request is {\"operation\": NAME, \"arguments\": OBJECT}"
            );
        }
        const OperationRow* row = find_operation((*request)["operation"].get_ref<const std::string&>());
        if (row == nullptr) {
            return control_error(
                ControlCode::kUsage, "this daemon has no such operation: are both of one version?"
            );
        }
        if (auto opened = open_reader(); !opened) {
            return control_error(opened.error());
        }
        const ControlParts& parts = state_->parts;
        const Json& arguments = (*request)["arguments"];
        if (row->read != nullptr) {
            return row->read(
                {.database = *reader_,
                 .settings = parts.settings,
                 .identity = &parts.identity,
                 .now = parts.environment.clock.now()},
                arguments
            );
        }
        return row->change({.parts = parts, .database = *reader_, .who = who_}, arguments);
    }

    Status open_reader() {
        if (!reader_) {
            EFFACE_TRY(reader_, db::open_store_reader(state_->parts.settings.node.database_path));
        }
        return {};
    }

    Socket socket_;
    StrandTimer timer_;
    const std::shared_ptr<State> state_;
    const Operator who_;
    std::string received_;
    asio::dynamic_string_buffer<char, std::char_traits<char>, std::allocator<char>> buffer_;
    std::string reply_;
    // Confined to the operation under way.
    std::optional<db::Database> reader_;
};

/// A daemon that was killed leaves its socket behind. One that answers is a second daemon.
Status ControlServer::State::remove_stale() const {
    struct stat there {};

    if (::lstat(path.c_str(), &there) != 0) {
        return {};
    }
    if (!S_ISSOCK(there.st_mode)) {
        return fail(Fault::kHalt, "[node] control_socket_path names something that is no socket");
    }
    asio::io_context io;
    Local::socket probe{io};
    boost::system::error_code error;
    probe.connect(Local::endpoint{path}, error);
    if (!error) {
        return fail(Fault::kHalt, "another daemon answers on the control socket");
    }
    if (::unlink(path.c_str()) != 0) {
        return fail(Fault::kHalt, "cannot remove the control socket of a dead daemon", Where::number(errno));
    }
    return {};
}

Status ControlServer::State::open() {
    if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
        return fail(Fault::kHalt, "[node] control_socket_path is empty or longer than 107 bytes");
    }
    EFFACE_CHECK(parts.environment.files.make_directory(directory_of(path)));
    EFFACE_CHECK(remove_stale());
    boost::system::error_code error;
    acceptor.open(Local{}, error);
    if (!error) {
        acceptor.bind(Local::endpoint{path}, error);
    }
    if (error) {
        return fail(Fault::kHalt, "cannot bind the control socket", Where::number(error.value()));
    }
    // Before listen(): nobody can connect while the mode is still the process's default.
    EFFACE_CHECK(set_access(path));
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        return fail(Fault::kHalt, "cannot listen on the control socket", Where::number(error.value()));
    }
    return {};
}

void ControlServer::State::accept() {
    acceptor.async_accept([self = shared_from_this(
                           )](const boost::system::error_code& error, Session::Socket socket) {
        if (self->closed || error == asio::error::operation_aborted) {
            return;
        }
        if (error) {
            // No descriptor is left, most likely: try again when one may be.
            self->retry.expires_after(kAcceptRetry);
            self->retry.async_wait([self](const boost::system::error_code& cancelled) {
                if (!cancelled) {
                    self->accept();
                }
            });
            return;
        }
        if (self->sessions.size() < self->options.sessions_max) {
            Operator who = peer_of(socket.native_handle());
            auto session = std::make_shared<Session>(std::move(socket), self, std::move(who));
            self->sessions.emplace(session.get(), session);
            session->wait();
        }
        self->accept();
    });
}

void ControlServer::State::close() {
    closed = true;
    boost::system::error_code ignored;
    acceptor.close(ignored);
    retry.cancel();
    for (const auto& [pointer, session] : std::exchange(sessions, {})) {
        if (const auto alive = session.lock()) {
            alive->end();
        }
    }
}

ControlServer::ControlServer(std::shared_ptr<State> state) : state_{std::move(state)} {}

Result<std::unique_ptr<ControlServer>> ControlServer::listen(
    asio::io_context& io, ControlParts parts, ControlOptions options
) {
    auto state = std::make_shared<State>(io, std::move(parts), options);
    EFFACE_CHECK(state->open());
    asio::post(state->strand, [state] { state->accept(); });
    return std::unique_ptr<ControlServer>{new ControlServer{std::move(state)}};
}

ControlServer::~ControlServer() {
    stop();
    ::unlink(state_->path.c_str());
}

void ControlServer::stop() {
    asio::post(state_->strand, [state = state_] { state->close(); });
}

}  // namespace efface::node
