package step

import "portal/shared/people"

// Who may do an HTTP step. The zero value is nobody: a step that forgets to
// say is refused at start.
type Who struct {
	kind  whoKind
	roles []people.Role
}

type whoKind int

const (
	whoNobody whoKind = iota
	whoAnyone
	whoSignedIn
	whoRoles
)

// Anyone may do it, signed in or not.
func Anyone() Who { return Who{kind: whoAnyone} }

// SignedIn lets in whoever has a session.
func SignedIn() Who { return Who{kind: whoSignedIn} }

// Roles lets in whoever has one of these roles in some organisation; the step
// still checks that the thing is that organisation's.
func Roles(roles ...people.Role) Who { return Who{kind: whoRoles, roles: roles} }

// Declared tells whether the step said who may do it.
func (w Who) Declared() bool { return w.kind != whoNobody }

// Public tells whether it needs no session.
func (w Who) Public() bool { return w.kind == whoAnyone }

// RoleList is the roles of Roles, nil otherwise.
func (w Who) RoleList() []people.Role { return w.roles }

// Allows tells whether a signed-in caller may try.
func (w Who) Allows(c people.Caller) bool {
	switch w.kind {
	case whoAnyone, whoSignedIn:
		return true
	case whoRoles:
		for _, role := range w.roles {
			if c.Has(role) {
				return true
			}
		}
	}
	return false
}
